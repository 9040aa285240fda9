/* An event stream at any rate, for benchmarks: firehose, then its port on standard output.
 *
 * GET /?n=EVENTS&k=PER_WRITE&rate=PER_SECOND
 *   n     events in all, then the body ends well; 0 is without end
 *   k     events per write; each write is one HTTP chunk
 *   rate  events per second; 0 is as fast as the reader reads
 * An event has an id, one of five types, and JSON data of about 150 bytes.
 * Listens on loopback, one thread per connection, ends when standard input is closed.
 */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX_PER_WRITE = 1000, EVENT_BYTES = 320, HEAD_BYTES = 16, SEQUENCE_DIGITS = 10 };

static const char *const TYPES[] = {"price", "order", "login", "error", "metric"};
static const char *const TEXTS[] = {
    "GET /api/v1/items/4711 completed in 12 ms",
    "session of the user was refreshed by token",
    "cache miss for the key user:profile:8812",
};

/* The events of one write, made once; only the sequence numbers change. */
struct batch {
    char bytes[HEAD_BYTES + MAX_PER_WRITE * EVENT_BYTES];
    int id_at[MAX_PER_WRITE], sequence_at[MAX_PER_WRITE], end[MAX_PER_WRITE];
};

static long query(const char *request, const char *name, long otherwise) {
    char key[32];
    snprintf(key, sizeof key, "%s=", name);
    const char *found = strstr(request, key);
    return found ? atol(found + strlen(key)) : otherwise;
}

static int send_all(int fd, const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t sent = send(fd, bytes, count, MSG_NOSIGNAL);
        if (sent <= 0) return -1;
        bytes += sent;
        count -= (size_t)sent;
    }
    return 0;
}

static void write_number(char *at, unsigned long long number) {
    for (int digit = SEQUENCE_DIGITS - 1; digit >= 0; digit--, number /= 10)
        at[digit] = (char)('0' + number % 10);
}

static void fill(struct batch *batch, long per_write) {
    char *base = batch->bytes + HEAD_BYTES;
    int at = 0;
    for (long i = 0; i < per_write; i++) {
        batch->id_at[i] = at + 4;
        at += sprintf(base + at, "id: 0000000000\nevent: %s\ndata: {\"seq\":1", TYPES[i * 7 % 5]);
        batch->sequence_at[i] = at;
        at += sprintf(base + at,
                      "0000000000,\"host\":\"web-%02ld\",\"level\":\"info\",\"status\":%ld,"
                      "\"message\":\"%s\",\"user\":\"u%05ld\"}\n\n",
                      i * 3 % 17, 200 + i % 5, TEXTS[i % 3], i * 7919 % 100000);
        batch->end[i] = at;
    }
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void sleep_until(double moment) {
    double left = moment - now();
    if (left <= 0) return;
    struct timespec pause = {(time_t)left, (long)((left - (double)(time_t)left) * 1e9)};
    nanosleep(&pause, NULL);
}

/* The first `count` events as one HTTP chunk in one write. */
static int write_batch(int fd, struct batch *batch, long first, long count) {
    char *base = batch->bytes + HEAD_BYTES, head[HEAD_BYTES + 1], after[2];
    for (long i = 0; i < count; i++) {
        write_number(base + batch->id_at[i], (unsigned long long)(first + i));
        write_number(base + batch->sequence_at[i], (unsigned long long)(first + i));
    }
    int size = batch->end[count - 1];
    int head_size = snprintf(head, sizeof head, "%x\r\n", (unsigned)size);
    memcpy(base - head_size, head, (size_t)head_size);
    memcpy(after, base + size, 2);
    memcpy(base + size, "\r\n", 2);
    int failed = send_all(fd, base - head_size, (size_t)(head_size + size + 2));
    memcpy(base + size, after, 2);
    return failed;
}

static void stream(int fd, const char *request) {
    static const char HEAD[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                               "Cache-Control: no-store\r\nTransfer-Encoding: chunked\r\n\r\n";
    long total = query(request, "n", 1000), per_write = query(request, "k", 1);
    long rate = query(request, "rate", 0);
    if (per_write < 1) per_write = 1;
    if (per_write > MAX_PER_WRITE) per_write = MAX_PER_WRITE;
    struct batch *batch = malloc(sizeof *batch);
    if (!batch || send_all(fd, HEAD, sizeof HEAD - 1)) goto out;
    fill(batch, per_write);
    /* Streams of one rate do not tick together: each begins somewhere within its period. */
    double began = now() + (rate > 0 ? (double)(fd * 7919 % 1000) / 1000.0 / (double)rate : 0);
    for (long sent = 0; total == 0 || sent < total; sent += per_write) {
        long count = total && total - sent < per_write ? total - sent : per_write;
        if (rate > 0) sleep_until(began + (double)(sent + count) / (double)rate);
        if (write_batch(fd, batch, sent, count)) goto out;
    }
    send_all(fd, "0\r\n\r\n", 5);
out:
    free(batch);
}

static void *serve(void *argument) {
    int fd = (int)(long)argument, one = 1, have = 0;
    char request[8192];
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    while (have < (int)sizeof request - 1) {
        ssize_t got = recv(fd, request + have, sizeof request - 1 - (size_t)have, 0);
        if (got <= 0) break;
        have += (int)got;
        request[have] = 0;
        if (strstr(request, "\r\n\r\n")) {
            stream(fd, request);
            break;
        }
    }
    close(fd);
    return NULL;
}

static void *end_with_stdin(void *nothing) {
    char byte;
    while (read(STDIN_FILENO, &byte, 1) > 0) continue;
    exit(0);
    return nothing;
}

int main(void) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    pthread_attr_t small;
    pthread_t thread;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    signal(SIGPIPE, SIG_IGN);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 1024)) return 1;
    getsockname(listener, (struct sockaddr *)&address, &size);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    pthread_attr_init(&small);
    pthread_attr_setdetachstate(&small, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&small, 128 * 1024);
    pthread_create(&thread, &small, end_with_stdin, NULL);
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd >= 0 && pthread_create(&thread, &small, serve, (void *)(long)fd)) close(fd);
    }
}
