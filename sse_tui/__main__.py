"""Entry point of `python -m sse_tui` and of the `sse-tui` command."""


def main() -> None:
    """Run the command line."""
    from sse_tui.cli.main import run

    run()


if __name__ == "__main__":
    main()
