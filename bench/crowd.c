/* A crowd: many WebSocket clients in one process and one thread, as phones in a hall are to a server.
 *
 *     crowd PORT PAGE SOCKET COUNT       clients of 127.0.0.1:PORT; PAGE and SOCKET are paths, PAGE "-" is no page
 *
 * Takes one command a line from stdin, answers it with one line of JSON on stdout, and ends with stdin. All times are
 * nanoseconds of CLOCK_MONOTONIC, which every process of the machine shares. The first clients that are lost are named
 * on stderr.
 *
 *     assets PATH...  what a page visit fetches too from now on, on the page's own connection    {"assets"}
 *     join            each client that is outside visits the page on a connection of its own, and takes the cookie that it
 *                     is given to a socket; who has a cookie already goes to the socket at once. 128 at a time, again when
 *                     the server is not there, two minutes at most. "came" is what has come in bytes    {"open", "ns", "came"}
 *     await MARK      answers {"ready"} at once and again when every open socket has got a frame that contains MARK, or
 *                     after ten seconds: how many, when the first and the last, how long the frame was, and how many
 *                     were not the same as the first                {"got", "first", "last", "bytes", "differing"}
 *     save FILE       writes the first frame of the last await, or the last tick of a vote, into a file    {"bytes"}
 *     deafen COUNT    so many clients never read again, and are not asked for anything                     {"open"}
 *     vote COUNT FORMAT
 *                     so many clients send a message at the same instant, in random order. FORMAT is printf's: %1$012x is
 *                     the client's number, which makes its submission unlike others, %2$d an option from 1 to 3. Waits
 *                     until all are acknowledged, half a minute at most, and two seconds for what comes twice and for the
 *                     last tick; times are from the instant on. A tick is what is no acknowledgement: how many one client
 *                     got at most, and to how many voters the last one was not the newest. "came" are the bytes for all,
 *                     the last of them at "until"
 *                     {"sent", "counted", "refused", "doubled", "p50", "p99", "last", "ticks", "stale", "came", "until"}
 *     flicker COUNT FORMAT
 *                     the same, but every second client is cut off when its message is sent, comes in again and sends the
 *                     same message again until it is acknowledged
 *     return COUNT FORMAT
 *                     as join, and so many vote as soon as they are in; answers like vote, with "back": when the last
 *                     client was in
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
enum { ASSETS = 16 };
static const uint64_t SECOND = 1000000000;
static const char BROWSER[] =
    "User-Agent: Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Mobile Safari/537.36\r\nAccept-Encoding: gzip, deflate, br\r\n"
    "Accept-Language: de-DE,de;q=0.9,en;q=0.7\r\n";

struct client {
    int descriptor;
    enum { OUTSIDE, VISITING, ENTERING, OPEN, DEAF } state;
    bool has_frame, came_again;
    uint64_t acknowledged; /* when; 0: not yet */
    int fetched;           /* of page and assets */
    int ticks;
    uint64_t last_tick; /* a hash of it */
    char cookie[256], submission[UUID + 1];
    char *rest; /* the beginning of what has not come whole */
    size_t rest_bytes;
};

static const char *page, *socket_path;
static struct sockaddr_in server = {.sin_family = AF_INET};
static struct client *clients;
static int count, poller, next_in, on_way, open_now, deaf, lost;
static uint64_t not_before, came, last_came;
static bool has_command;

static char assets[ASSETS][256];
static int asset_count;

static char mark[LINE], frame[INPUT];
static size_t frame_bytes;
static int arrived, differing;
static uint64_t first, last;

static bool voting;
static int sent, counted, refused, doubled;
static char (*messages)[MESSAGE];
static size_t *message_bytes; /* 0: does not vote */
static uint64_t newest_tick;

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
    client->state = OUTSIDE;
    client->came_again = true;
    client->rest_bytes = 0;
    not_before = now() + SECOND / 50;
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
        length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost:%d\r\n%s\r\n",
                          client->fetched ? assets[client->fetched - 1] : page, port, BROWSER);
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

/* Returns how many bytes a response took, 0 while it has not come whole. */
static size_t fetch(struct client *client, char *response, size_t length) {
    char *end = memmem(response, length, "\r\n\r\n", 4), *bytes, *cookie;
    if (!end)
        return 0;
    *end = 0;
    bytes = strcasestr(response, "\r\ncontent-length: ");
    cookie = strcasestr(response, "\r\nset-cookie: ");
    if (strncmp(response, "HTTP/1.1 200", 12) || !bytes || (!client->fetched && !cookie)) {
        lose(client, response);
        return 0;
    }
    size_t whole = end + 4 - response + atoi(bytes + strlen("\r\ncontent-length: "));
    if (length < whole) {
        *end = '\r';
        return 0;
    }
    if (!client->fetched) {
        cookie += strlen("\r\nset-cookie: ");
        snprintf(client->cookie, sizeof client->cookie, "%.*s", (int)strcspn(cookie, ";\r"), cookie);
    }
    if (client->fetched++ < asset_count) {
        ask(client);
    } else {
        close(client->descriptor);
        dial(client, ENTERING);
    }
    return whole;
}

static void send_vote(int number) {
    transmit(&clients[number], messages[number], message_bytes[number]);
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
    if (voting && message_bytes[client - clients] && !client->acknowledged)
        send_vote(client - clients);
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

/* FNV-1a, by eight bytes. */
static uint64_t hash(const char *text, size_t length) {
    uint64_t sum = 14695981039346656037u, piece = 0;
    for (size_t i = 0; i < length; i += sizeof piece) {
        memcpy(&piece, text + i, length - i < sizeof piece ? length - i : sizeof piece);
        sum = (sum ^ piece) * 1099511628211u;
    }
    return sum;
}

static void notice_tick(struct client *client, const char *text, size_t length) {
    if (!strncmp(text, "{\"beat\"", 7))
        return;
    client->ticks++;
    if (!message_bytes[client - clients])
        return;
    client->last_tick = newest_tick = hash(text, length);
    memcpy(frame, text, frame_bytes = length);
}

static void notice_answer(struct client *client, const char *text, size_t length, uint64_t time) {
    const char *submission = strstr(text, "data-submission=\"");
    if (!submission) {
        notice_tick(client, text, length);
        return;
    }
    if (strncmp(submission + strlen("data-submission=\""), client->submission, UUID))
        return;
    if (client->acknowledged) {
        doubled += !client->came_again; /* else it is its own answer that the server tells whoever comes in */
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
        notice_answer(client, text, text_bytes, time);
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
    ssize_t got = recv(client->descriptor, input + length, sizeof input - length - 1, 0);
    uint64_t time = now();
    if (got < 0 && errno == EAGAIN)
        return;
    if (got <= 0) {
        lose(client, got ? strerror(errno) : "the connection has ended");
        return;
    }
    came += got;
    last_came = time;
    length += got;
    input[length] = 0;
    client->rest_bytes = 0;
    if (client->state == VISITING)
        used = fetch(client, input, length);
    else if (client->state == ENTERING)
        used = enter(client, input, length);
    while (client->state == OPEN && (step = take_frame(client, input + used, length - used, time)))
        used += step;
    if (used >= length || client->state == OUTSIDE)
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

/* Dials for some of those who are outside. */
static void bring_in(void) {
    if (now() < not_before)
        return;
    for (int looked = 0; looked < count && on_way < AT_ONCE; looked++, next_in = (next_in + 1) % count) {
        struct client *client = &clients[next_in];
        if (client->state != OUTSIDE)
            continue;
        on_way++;
        client->fetched = 0;
        dial(client, *page == '-' || *client->cookie ? ENTERING : VISITING);
    }
}

static void join(void) {
    uint64_t begun = now(), end = begun + 120 * SECOND;
    came = 0;
    while (open_now < count && now() < end) {
        bring_in();
        turn(20);
    }
    printf("{\"open\": %d, \"ns\": %lu, \"came\": %lu}\n", open_now, now() - begun, came);
}

static void take_assets(char *paths) {
    asset_count = 0;
    for (char *path = strtok(paths, " "); path && asset_count < ASSETS; path = strtok(NULL, " "))
        snprintf(assets[asset_count++], sizeof *assets, "%s", path);
    printf("{\"assets\": %d}\n", asset_count);
}

static void deafen(int wanted) {
    for (int i = 0; i < count && wanted; i++)
        if (clients[i].state == OPEN) {
            epoll_ctl(poller, EPOLL_CTL_DEL, clients[i].descriptor, NULL);
            clients[i].state = DEAF;
            open_now--;
            deaf++;
            wanted--;
        }
    printf("{\"open\": %d}\n", open_now);
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

static void report_votes(uint64_t begun, uint64_t back) {
    uint64_t *times = calloc(count + 1, sizeof *times);
    int n = 0, ticks = 0, stale = 0;
    for (int i = 0; i < count; i++) {
        if (clients[i].acknowledged)
            times[n++] = clients[i].acknowledged - begun;
        if (clients[i].ticks > ticks)
            ticks = clients[i].ticks;
        stale += message_bytes[i] && clients[i].last_tick != newest_tick;
    }
    qsort(times, n, sizeof *times, by_size);
    int top = n ? n - 1 : 0;
    printf("{\"sent\": %d, \"counted\": %d, \"refused\": %d, \"doubled\": %d, ", sent, counted, refused, doubled);
    printf("\"p50\": %lu, \"p99\": %lu, \"last\": %lu, ", times[top / 2], times[(int)(top * 0.99)], times[top]);
    printf("\"ticks\": %d, \"stale\": %d, \"came\": %lu, \"until\": %lu, \"back\": %lu}\n", ticks, stale, came,
           last_came - begun, back);
    free(times);
}

/* Makes the messages of so many clients, chosen at random. */
static void prepare(int wanted, const char *format, int *order) {
    messages = calloc(count, MESSAGE);
    message_bytes = calloc(count, sizeof *message_bytes);
    shuffle(order);
    sent = counted = refused = doubled = 0;
    came = newest_tick = frame_bytes = 0;
    for (int i = 0; i < count; i++) {
        struct client *client = &clients[order[i]];
        client->acknowledged = client->last_tick = client->ticks = client->came_again = 0;
        if (sent < wanted && client->state != DEAF) {
            message_bytes[order[i]] = vote_of(order[i], format, messages[order[i]]);
            sent++;
        }
    }
}

static void cut_off(struct client *client) {
    if (client->state != OPEN)
        return;
    open_now--;
    client->state = OUTSIDE;
    client->came_again = true;
    client->rest_bytes = 0;
    close(client->descriptor);
}

/* flickering: every second one is cut off; returning: all are outside, and vote when they are in. */
static void vote(char *words, bool flickering, bool returning) {
    char *format = words;
    int wanted = strtol(words, &format, 10), *order = calloc(count, sizeof *order);
    bool coming = flickering || returning;
    prepare(wanted, format + 1, order);
    voting = true;
    uint64_t begun = now(), end = begun + (returning ? 120 : 30) * SECOND, back = 0;
    while (returning && open_now && now() < end)
        turn(50);
    for (int next = returning ? count : 0; (next < count || counted + refused < sent || (coming && !back)) && now() < end;) {
        for (int i = 0; i < TOGETHER && next < count; i++, next++)
            if (message_bytes[order[next]] && clients[order[next]].state == OPEN) {
                send_vote(order[next]);
                if (flickering && order[next] % 2)
                    cut_off(&clients[order[next]]);
            }
        if (coming)
            bring_in();
        turn(next < count ? 0 : 20);
        if (!back && open_now + deaf == count)
            back = now() - begun;
    }
    for (end = now() + 2 * SECOND; now() < end;)
        turn(50);
    voting = false;
    report_votes(begun, back);
    free(messages);
    free(message_bytes);
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
    else if (!strncmp(line, "assets ", 7))
        take_assets(line + 7);
    else if (!strncmp(line, "deafen ", 7))
        deafen(atoi(line + 7));
    else if (!strncmp(line, "vote ", 5))
        vote(line + 5, false, false);
    else if (!strncmp(line, "flicker ", 8))
        vote(line + 8, true, false);
    else if (!strncmp(line, "return ", 7))
        vote(line + 7, false, true);
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
