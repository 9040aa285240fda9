"""The real Nchan: Debian's nginx with libnginx-mod-nchan, as a child on a port of its own."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
from pathlib import Path
from typing import Self

MODULE = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
ABSENT = "" if NGINX and MODULE.exists() else "needs nginx with Nchan (apt-get: libnginx-mod-nchan)"
"""Why there is no Nchan here; empty where there is one."""

_LIMIT_S = 10
_CONFIG = """
load_module {module};
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log stderr;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    location ~ ^/streams/(.+)$ {{
      nchan_pubsub;
      nchan_channel_id $1;
      nchan_message_buffer_length 100;
    }}
  }}
}}
"""


class NchanServer:
    """Runs while its context is open; channels are under `url`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # nginx takes this socket over: no port is guessed, and a client may come at any time.
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._child: asyncio.subprocess.Process | None = None
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/streams"

    async def __aenter__(self) -> Self:
        config = self._folder / "nginx.conf"
        config.write_text(_CONFIG.format(module=MODULE, folder=self._folder, port=self.port))
        assert NGINX is not None
        descriptor = self._socket.fileno()
        self._child = await asyncio.create_subprocess_exec(
            *(NGINX, "-p", str(self._folder), "-c", str(config)),
            env={**os.environ, "NGINX": f"{descriptor};"},
            pass_fds=(descriptor,),
            stderr=asyncio.subprocess.DEVNULL,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._child is not None
        if self._child.returncode is None:
            self._child.send_signal(signal.SIGTERM)
        async with asyncio.timeout(_LIMIT_S):
            await self._child.wait()
        self._socket.close()
