/* The floor: the least that a server can do to get one frame to many sockets, one send for each and nothing else.
 *
 *     floor       serves 127.0.0.1 on a free port
 *
 * Says {"port"} first. Then takes one command a line from stdin, answers it with one line of JSON on stdout, and ends
 * with stdin. It knows one client, crowd.c: any request is answered with the handshake that fits the crowd's key, and
 * what clients say after that is read and forgotten.
 *
 *     load FILE       makes a text frame of the bytes of a file, fewer than 64 KiB    {"bytes"}
 *     send            writes it to every connection                                   {"sent"}
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECTIONS = 1 << 16, EVENTS = 512, LINE = 4096, HEAD = 4, PAYLOAD = (1 << 16) - 1 };
static const char HANDSHAKE[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

static int poller, listener, open_now;
static int connections[CONNECTIONS]; /* descriptors, in the order in which they came */
static bool is_open[CONNECTIONS];    /* by descriptor */
static char buffer[HEAD + PAYLOAD], *frame = buffer;
static size_t frame_bytes;

static void die(const char *what) {
    perror(what);
    exit(1);
}

static void watch(int descriptor) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event))
        die("epoll_ctl");
}

static void welcome(void) {
    int yes = 1, descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    if (descriptor < 0 || descriptor >= CONNECTIONS)
        die("accept");
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    watch(descriptor);
}

static void forget(int descriptor) {
    int kept = 0;
    for (int i = 0; i < open_now; i++)
        if (connections[i] != descriptor)
            connections[kept++] = connections[i];
    open_now = kept;
    is_open[descriptor] = false;
    close(descriptor);
}

static void take(int descriptor) {
    char input[LINE];
    if (recv(descriptor, input, sizeof input, 0) <= 0) {
        forget(descriptor);
    } else if (!is_open[descriptor]) {
        is_open[descriptor] = true;
        connections[open_now++] = descriptor;
        send(descriptor, HANDSHAKE, strlen(HANDSHAKE), MSG_NOSIGNAL);
    }
}

static void load(const char *path) {
    char *payload = buffer + HEAD;
    FILE *file = fopen(path, "r");
    if (!file)
        die(path);
    size_t length = fread(payload, 1, PAYLOAD, file);
    fclose(file);
    frame = payload - (length < 126 ? 2 : 4);
    frame[0] = (char)0x81;
    frame[1] = length < 126 ? length : 126;
    if (length >= 126) {
        frame[2] = length >> 8;
        frame[3] = length;
    }
    frame_bytes = length + (payload - frame);
    printf("{\"bytes\": %zu}\n", length);
}

static void send_to_all(void) {
    int sent = 0;
    for (int i = 0; i < open_now; i++)
        sent += send(connections[i], frame, frame_bytes, MSG_NOSIGNAL) == (ssize_t)frame_bytes;
    printf("{\"sent\": %d}\n", sent);
}

static void obey(void) {
    char line[LINE];
    if (!fgets(line, sizeof line, stdin))
        exit(0);
    line[strcspn(line, "\n")] = 0;
    if (!strncmp(line, "load ", 5))
        load(line + 5);
    else if (!strcmp(line, "send"))
        send_to_all();
    else
        fprintf(stderr, "no command: %s\n", line);
    fflush(stdout);
}

int main(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    struct epoll_event events[EVENTS];
    poller = epoll_create1(0);
    listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, 4096) ||
        getsockname(listener, (struct sockaddr *)&address, &length))
        die("floor");
    watch(listener);
    watch(STDIN_FILENO);
    printf("{\"port\": %d}\n", ntohs(address.sin_port));
    fflush(stdout);
    for (;;) {
        int ready = epoll_wait(poller, events, EVENTS, -1);
        for (int i = 0; i < ready; i++) {
            if (events[i].data.fd == listener)
                welcome();
            else if (events[i].data.fd == STDIN_FILENO)
                obey();
            else
                take(events[i].data.fd);
        }
    }
}
