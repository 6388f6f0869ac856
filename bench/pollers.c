/* Pollers: phones whose sockets are blocked, which ask for what is new again and again over a connection of their own.
 *
 *     pollers PORT PAGE STATE COUNT MILLISECONDS      PAGE and STATE are paths; each asks once in so many milliseconds
 *
 * Obeys lines of stdin, answers each with one line of JSON, and ends with stdin. Asking goes on between commands.
 *
 *     join      each visits the page for its cookie, asks once, and goes on asking, spread over the time between two
 *               questions; waits until all have an answer, a minute at most                            {"open"}
 *     report    what came since the last report: answers, those of them that were "304 Not Modified", how long they
 *               took in nanoseconds, bytes, and connections that were lost     {"answers", "unchanged", "p99", "came", "lost"}
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

enum { EVENTS = 256, INPUT = 1 << 17, KEPT = 1 << 16, AT_ONCE = 64, HEADER = 256 };
static const uint64_t MILLISECOND = 1000000;

struct poller {
    int descriptor;
    bool waiting, joined;
    uint64_t due, asked;
    char cookie[HEADER], etag[HEADER];
    char *rest;
    size_t rest_bytes;
};

static struct sockaddr_in server = {.sin_family = AF_INET};
static struct poller *pollers;
static const char *page, *state;
static int count, epoll, joined, visiting, next_in, answers, unchanged, lost;
static uint64_t pause_ns, came, times[KEPT];
static bool has_command;

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000 * MILLISECOND + time.tv_nsec;
}

static void ask(struct poller *poller) {
    char request[1024];
    int length = snprintf(request, sizeof request,
                          "GET %s HTTP/1.1\r\nHost: localhost:%d\r\nAccept-Encoding: gzip, br\r\n%s%s%s%s%s%s\r\n",
                          *poller->cookie ? state : page, ntohs(server.sin_port), *poller->cookie ? "Cookie: " : "",
                          poller->cookie, *poller->cookie ? "\r\n" : "", *poller->etag ? "If-None-Match: " : "",
                          poller->etag, *poller->etag ? "\r\n" : "");
    poller->waiting = true;
    poller->asked = now();
    if (send(poller->descriptor, request, length, MSG_NOSIGNAL) != length)
        lost++;
}

static void visit(struct poller *poller) {
    int yes = 1;
    poller->descriptor = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(poller->descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (connect(poller->descriptor, (struct sockaddr *)&server, sizeof server)) {
        perror("connect");
        exit(1);
    }
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = poller};
    epoll_ctl(epoll, EPOLL_CTL_ADD, poller->descriptor, &event);
    visiting++;
    ask(poller);
}

static void take_header(const char *head, const char *name, char *value) {
    const char *found = strcasestr(head, name);
    if (found) {
        found += strlen(name);
        snprintf(value, HEADER, "%.*s", (int)strcspn(found, strcmp(name, "\r\nset-cookie: ") ? "\r" : ";\r"), found);
    }
}

/* Takes a whole answer; its cookie comes with the page, its tag with the state. */
static void take_answer(struct poller *poller, const char *head) {
    uint64_t time = now();
    poller->waiting = false;
    if (!*poller->cookie) {
        take_header(head, "\r\nset-cookie: ", poller->cookie);
        ask(poller);
        return;
    }
    take_header(head, "\r\netag: ", poller->etag);
    poller->due = poller->asked + pause_ns;
    if (!poller->joined) {
        poller->joined = true;
        poller->due = time + pause_ns * joined++ / count;
        visiting--;
        return;
    }
    times[answers++ % KEPT] = time - poller->asked;
    unchanged += !strncmp(head, "HTTP/1.1 304", 12);
}

static void take(struct poller *poller) {
    static char input[INPUT];
    memcpy(input, poller->rest, poller->rest_bytes);
    ssize_t got = recv(poller->descriptor, input + poller->rest_bytes, sizeof input - poller->rest_bytes - 1, MSG_DONTWAIT);
    if (got <= 0) {
        if (got == 0 || errno != EAGAIN) {
            epoll_ctl(epoll, EPOLL_CTL_DEL, poller->descriptor, NULL);
            lost++;
        }
        return;
    }
    came += got;
    size_t length = poller->rest_bytes + got, whole = 0;
    input[length] = 0;
    char *end = strstr(input, "\r\n\r\n");
    if (end) {
        *end = 0;
        char *bytes = strcasestr(input, "\r\ncontent-length: ");
        whole = end + 4 - input + (bytes ? atoi(bytes + strlen("\r\ncontent-length: ")) : 0);
    }
    if (end && length >= whole) {
        poller->rest_bytes = 0;
        take_answer(poller, input);
        return;
    }
    if (end)
        *end = '\r';
    poller->rest = realloc(poller->rest, length);
    poller->rest_bytes = length;
    memcpy(poller->rest, input, length);
}

static void turn(int milliseconds) {
    struct epoll_event events[EVENTS];
    int ready = epoll_wait(epoll, events, EVENTS, milliseconds);
    for (int i = 0; i < ready; i++) {
        if (events[i].data.ptr)
            take(events[i].data.ptr);
        else
            has_command = true;
    }
    uint64_t time = now();
    for (int i = 0; i < count; i++)
        if (pollers[i].joined && !pollers[i].waiting && pollers[i].due <= time)
            ask(&pollers[i]);
}

static void join(void) {
    for (uint64_t end = now() + 60000 * MILLISECOND; joined < count && now() < end;) {
        for (; next_in < count && visiting < AT_ONCE; next_in++)
            visit(&pollers[next_in]);
        turn(1);
    }
    printf("{\"open\": %d}\n", joined);
}

static int by_size(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

static void report(void) {
    int n = answers < KEPT ? answers : KEPT;
    qsort(times, n, sizeof *times, by_size);
    printf("{\"answers\": %d, \"unchanged\": %d, \"p99\": %lu, \"came\": %lu, \"lost\": %d}\n", answers, unchanged,
           n ? times[(int)((n - 1) * 0.99)] : 0, came, lost);
    answers = unchanged = lost = 0;
    came = 0;
}

int main(int argc, char **argv) {
    if (argc != 6) {
        fputs("usage: pollers PORT PAGE STATE COUNT MILLISECONDS\n", stderr);
        return 2;
    }
    server.sin_port = htons(atoi(argv[1]));
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    page = argv[2];
    state = argv[3];
    count = atoi(argv[4]);
    pause_ns = atoi(argv[5]) * MILLISECOND;
    pollers = calloc(count, sizeof *pollers);
    epoll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN};
    epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &event);
    char line[64];
    for (;; has_command = false) {
        while (!has_command)
            turn(5);
        if (!fgets(line, sizeof line, stdin))
            return 0;
        if (!strcmp(line, "join\n"))
            join();
        else
            report();
        fflush(stdout);
    }
}
