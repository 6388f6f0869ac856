/* A crowd: many WebSocket clients in one process and one thread, as phones in a hall are to a server.
 *
 *     crowd PORT PAGE SOCKET COUNT       clients of 127.0.0.1:PORT; PAGE and SOCKET are paths, PAGE "-" is no page
 *
 * Takes one command a line from stdin, answers it with one line of JSON on stdout, and ends with stdin. All times are
 * nanoseconds of CLOCK_MONOTONIC, which every process of the machine shares. The first clients that are lost are named
 * on stderr.
 *
 *     join            each client visits the page on a connection of its own and takes the cookie that it is given to a
 *                     socket; 128 at a time, two minutes at most    {"open", "ns"}
 *     await MARK      answers {"ready"} at once and again when every open socket has got a frame that contains MARK, or
 *                     after ten seconds: how many, when the first and the last, how long the frame was, and how many
 *                     were not the same as the first                {"got", "first", "last", "bytes", "differing"}
 *     save FILE       writes the first frame of the last await into a file    {"bytes"}
 *     vote FORMAT     every client sends a message at the same instant, in random order. FORMAT is printf's: %1$012x is
 *                     the client's number, which makes its submission unlike others, %2$d an option from 1 to 3. Waits
 *                     until all are acknowledged, half a minute at most, and half a second for what comes twice; times
 *                     are from the instant on    {"sent", "counted", "refused", "doubled", "p50", "p99", "last"}
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { AT_ONCE = 128, TOLD = 3, TOGETHER = 64, EVENTS = 512, LINE = 4096, MESSAGE = 1024, INPUT = 1 << 18, UUID = 36 };
static const uint64_t SECOND = 1000000000;
static const char BROWSER[] =
    "User-Agent: Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Mobile Safari/537.36\r\nAccept-Encoding: gzip, deflate, br\r\n"
    "Accept-Language: de-DE,de;q=0.9,en;q=0.7\r\n";

struct client {
    int descriptor;
    enum { OUTSIDE, VISITING, ENTERING, OPEN, GONE } state;
    bool has_frame;
    uint64_t acknowledged; /* when; 0: not yet */
    char cookie[256], submission[UUID + 1];
    char *rest; /* the beginning of what has not come whole */
    size_t rest_bytes;
};

static const char *page, *socket_path;
static struct sockaddr_in server = {.sin_family = AF_INET};
static struct client *clients;
static int count, poller, next_in, on_way, open_now, lost;
static bool has_command;

static char mark[LINE], frame[INPUT];
static size_t frame_bytes;
static int arrived, differing;
static uint64_t first, last;

static bool voting;
static int sent, counted, refused, doubled;

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * SECOND + time.tv_nsec;
}

static void die(const char *what) {
    perror(what);
    exit(1);
}

static void lose(struct client *client, const char *why) {
    if (lost++ < TOLD)
        fprintf(stderr, "client %ld is gone: %.200s\n", (long)(client - clients), why);
    if (client->state == OPEN)
        open_now--;
    else
        on_way--;
    client->state = GONE;
    close(client->descriptor);
}

static void transmit(struct client *client, const char *bytes, size_t length) {
    if (send(client->descriptor, bytes, length, MSG_NOSIGNAL) != (ssize_t)length)
        lose(client, strerror(errno));
}

/* Coming in */

static void dial(struct client *client, int state) {
    int yes = 1;
    client->state = state;
    client->descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (client->descriptor < 0)
        die("socket");
    setsockopt(client->descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (connect(client->descriptor, (struct sockaddr *)&server, sizeof server) && errno != EINPROGRESS)
        die("connect");
    struct epoll_event event = {.events = EPOLLOUT, .data.ptr = client};
    epoll_ctl(poller, EPOLL_CTL_ADD, client->descriptor, &event);
}

static void ask(struct client *client) {
    char request[2048];
    int port = ntohs(server.sin_port), length;
    if (client->state == VISITING)
        length = snprintf(request, sizeof request,
                          "GET %s HTTP/1.1\r\nHost: localhost:%d\r\n%sConnection: close\r\n\r\n",
                          page, port, BROWSER);
    else
        length = snprintf(request, sizeof request,
                          "GET %s HTTP/1.1\r\nHost: localhost:%d\r\n%sOrigin: http://localhost:%d\r\n"
                          "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                          "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\nCookie: %s\r\n\r\n",
                          socket_path, port, BROWSER, port, client->cookie);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
    epoll_ctl(poller, EPOLL_CTL_MOD, client->descriptor, &event);
    transmit(client, request, length);
}

static void take_cookie(struct client *client, char *response) {
    char *cookie = strcasestr(response, "\r\nset-cookie: ");
    if (strncmp(response, "HTTP/1.1 200", 12) || !cookie) {
        lose(client, response);
        return;
    }
    cookie += strlen("\r\nset-cookie: ");
    cookie[strcspn(cookie, ";\r")] = 0;
    snprintf(client->cookie, sizeof client->cookie, "%s", cookie);
    close(client->descriptor);
    dial(client, ENTERING);
}

/* Returns how many bytes the answer to the handshake took, 0 while it has not come whole. */
static size_t enter(struct client *client, char *bytes, size_t length) {
    char *end = memmem(bytes, length, "\r\n\r\n", 4);
    if (!end)
        return 0;
    if (strncmp(bytes, "HTTP/1.1 101", 12)) {
        lose(client, bytes);
        return 0;
    }
    client->state = OPEN;
    on_way--;
    open_now++;
    return end + 4 - bytes;
}

/* What comes */

static void notice_frame(struct client *client, const char *text, size_t length, uint64_t time) {
    if (client->has_frame || !memmem(text, length, mark, strlen(mark)))
        return;
    client->has_frame = true;
    last = time;
    if (!arrived++) {
        first = time;
        frame_bytes = length;
        memcpy(frame, text, length);
    } else if (length != frame_bytes || memcmp(text, frame, length))
        differing++;
}

static void notice_acknowledgement(struct client *client, const char *text, uint64_t time) {
    const char *submission = strstr(text, "data-submission=\"");
    if (!submission || strncmp(submission + strlen("data-submission=\""), client->submission, UUID))
        return;
    if (client->acknowledged) {
        doubled++;
        return;
    }
    client->acknowledged = time;
    if (strstr(submission, "data-state=\"counted\""))
        counted++;
    else
        refused++;
}

/* Takes one frame; returns its length with its head, 0 while it has not come whole. */
static size_t take_frame(struct client *client, char *bytes, size_t length, uint64_t time) {
    const unsigned char *head = (unsigned char *)bytes;
    if (length < 2)
        return 0;
    size_t head_bytes = head[1] < 126 ? 2 : 4;
    if (head[1] > 126 || length < head_bytes) {
        if (head[1] > 126)
            lose(client, "a frame longer than 64 KiB");
        return 0;
    }
    size_t text_bytes = head[1] < 126 ? head[1] : head[2] << 8 | head[3];
    if (length < head_bytes + text_bytes)
        return 0;
    char *text = bytes + head_bytes, after = text[text_bytes];
    text[text_bytes] = 0;
    if ((head[0] & 15) == 8)
        lose(client, "the server has closed the socket");
    else if (voting)
        notice_acknowledgement(client, text, time);
    else if (*mark)
        notice_frame(client, text, text_bytes, time);
    text[text_bytes] = after;
    return head_bytes + text_bytes;
}

static void take(struct client *client) {
    static char input[INPUT];
    size_t length = client->rest_bytes, used = 0, step;
    if (length)
        memcpy(input, client->rest, length);
    ssize_t came = recv(client->descriptor, input + length, sizeof input - length - 1, 0);
    uint64_t time = now();
    if (came < 0 && errno == EAGAIN)
        return;
    length += came > 0 ? came : 0;
    input[length] = 0;
    client->rest_bytes = 0;
    if (came <= 0) {
        if (client->state == VISITING)
            take_cookie(client, input);
        else
            lose(client, came ? strerror(errno) : "the connection has ended");
        return;
    }
    if (client->state == ENTERING)
        used = enter(client, input, length);
    while (client->state == OPEN && (step = take_frame(client, input + used, length - used, time)))
        used += step;
    if (used == length || client->state == GONE)
        return;
    client->rest_bytes = length - used;
    client->rest = realloc(client->rest, client->rest_bytes);
    memcpy(client->rest, input + used, client->rest_bytes);
}

/* Deals with what has happened, waiting for it up to so many milliseconds. */
static void turn(int milliseconds) {
    struct epoll_event events[EVENTS];
    int ready = epoll_wait(poller, events, EVENTS, milliseconds);
    for (int i = 0; i < ready; i++) {
        struct client *client = events[i].data.ptr;
        if (!client)
            has_command = true;
        else if (events[i].events & EPOLLOUT)
            ask(client);
        else
            take(client);
    }
}

/* The commands */

static void join(void) {
    uint64_t begun = now(), end = begun + 120 * SECOND;
    while ((next_in < count || on_way) && now() < end) {
        for (; next_in < count && on_way < AT_ONCE; next_in++) {
            on_way++;
            dial(&clients[next_in], *page == '-' ? ENTERING : VISITING);
        }
        turn(50);
    }
    printf("{\"open\": %d, \"ns\": %lu}\n", open_now, now() - begun);
}

static void await_frame(const char *wanted) {
    snprintf(mark, sizeof mark, "%s", wanted);
    arrived = differing = 0;
    first = last = frame_bytes = 0;
    for (int i = 0; i < count; i++)
        clients[i].has_frame = false;
    puts("{\"ready\": 1}");
    fflush(stdout);
    for (uint64_t end = now() + 10 * SECOND; arrived < open_now && now() < end;)
        turn(50);
    *mark = 0;
    printf("{\"got\": %d, \"first\": %lu, \"last\": %lu, \"bytes\": %zu, \"differing\": %d}\n", arrived, first, last,
           frame_bytes, differing);
}

static void save(const char *path) {
    FILE *file = fopen(path, "w");
    if (!file || fwrite(frame, 1, frame_bytes, file) != frame_bytes || fclose(file))
        die(path);
    printf("{\"bytes\": %zu}\n", frame_bytes);
}

/* Writes a masked text frame as a client must (RFC 6455, 5.3); returns its length. */
static size_t masked(char *out, const char *text, size_t length) {
    size_t head = length < 126 ? 6 : 8;
    uint32_t random_bits = random();
    char *key = out + head - 4;
    out[0] = (char)0x81;
    out[1] = (char)(0x80 | (length < 126 ? length : 126));
    if (length >= 126) {
        out[2] = length >> 8;
        out[3] = length;
    }
    memcpy(key, &random_bits, 4);
    for (size_t i = 0; i < length; i++)
        out[head + i] = text[i] ^ key[i & 3];
    return head + length;
}

/* Makes a client's message; returns its length as a frame. */
static size_t vote_of(int number, const char *format, char *out) {
    char text[MESSAGE];
    int length = snprintf(text, sizeof text, format, number, 1 + number % 3);
    const char *submission = strstr(text, "\"submission\":\"");
    if (length >= MESSAGE - 8 || !submission) {
        fprintf(stderr, "no vote, or too long a one: %s\n", text);
        exit(1);
    }
    memcpy(clients[number].submission, submission + strlen("\"submission\":\""), UUID);
    clients[number].acknowledged = 0;
    return masked(out, text, length);
}

static void shuffle(int *order) {
    for (int i = 0; i < count; i++) {
        int other = random() % (i + 1);
        order[i] = order[other];
        order[other] = i;
    }
}

static int by_size(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

static void report_votes(uint64_t begun) {
    uint64_t *times = calloc(count + 1, sizeof *times);
    int n = 0;
    for (int i = 0; i < count; i++)
        if (clients[i].acknowledged)
            times[n++] = clients[i].acknowledged - begun;
    qsort(times, n, sizeof *times, by_size);
    int top = n ? n - 1 : 0;
    printf("{\"sent\": %d, \"counted\": %d, \"refused\": %d, \"doubled\": %d, ", sent, counted, refused, doubled);
    printf("\"p50\": %lu, \"p99\": %lu, \"last\": %lu}\n", times[top / 2], times[(int)(top * 0.99)], times[top]);
    free(times);
}

static void vote(const char *format) {
    char(*messages)[MESSAGE] = calloc(count, MESSAGE);
    size_t *lengths = calloc(count, sizeof *lengths);
    int *order = calloc(count, sizeof *order);
    for (int i = 0; i < count; i++)
        lengths[i] = vote_of(i, format, messages[i]);
    shuffle(order);
    sent = counted = refused = doubled = 0;
    voting = true;
    uint64_t begun = now(), end = begun + 30 * SECOND;
    for (int next = 0; (next < count || counted + refused < sent) && now() < end;) {
        for (int i = 0; i < TOGETHER && next < count; i++, next++)
            if (clients[order[next]].state == OPEN) {
                transmit(&clients[order[next]], messages[order[next]], lengths[order[next]]);
                sent++;
            }
        turn(next < count ? 0 : 50);
    }
    for (end = now() + SECOND / 2; now() < end;)
        turn(50);
    voting = false;
    report_votes(begun);
    free(messages);
    free(lengths);
    free(order);
}

static void obey(char *line) {
    line[strcspn(line, "\n")] = 0;
    if (!strcmp(line, "join"))
        join();
    else if (!strncmp(line, "await ", 6))
        await_frame(line + 6);
    else if (!strncmp(line, "save ", 5))
        save(line + 5);
    else if (!strncmp(line, "vote ", 5))
        vote(line + 5);
    else
        fprintf(stderr, "no command: %s\n", line);
    fflush(stdout);
}

int main(int argc, char **argv) {
    if (argc != 5) {
        fputs("usage: crowd PORT PAGE SOCKET COUNT\n", stderr);
        return 2;
    }
    server.sin_port = htons(atoi(argv[1]));
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    page = argv[2];
    socket_path = argv[3];
    count = atoi(argv[4]);
    clients = calloc(count, sizeof *clients);
    poller = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN};
    if (!clients || epoll_ctl(poller, EPOLL_CTL_ADD, STDIN_FILENO, &event))
        die("crowd");
    char line[LINE];
    for (;; has_command = false) {
        while (!has_command)
            turn(1000);
        if (!fgets(line, sizeof line, stdin))
            return 0;
        obey(line);
    }
}
