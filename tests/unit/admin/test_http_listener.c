#define _GNU_SOURCE
#include "admin/http_listener.h"

#include <criterion/criterion.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "broker/broker.h"
#include "conf/format.h"
#include "conf/listener.h"
#include "server/engine.h"

/* A listener with a site that tells what it was asked, in this thread. */
struct place {
    struct event_base *base;
    struct broker *broker;
    struct engine *engine;
    struct http_listener *http;
    uint64_t after; // the reply's
    bool in_parts;
    unsigned requests;
};

enum { PARTS = 300, PART = 10000, MAX = 8, LONG_MS = 60 * 1000 };

static bool next_part(void *state, struct bytes *out)
{
    unsigned *left = state;
    bytes_reserve(out, PART);
    memset(out->ptr + out->len, 'p', PART);
    out->len += PART;
    return --*left > 0;
}

static void on_request(void *context, const struct request *request, struct reply *reply)
{
    struct place *place = context;
    static unsigned left;
    place->requests++;
    reply->status = HTTP_OK;
    reply->after = place->after;
    reply_header(reply, "X-Kind", SLICE("a\r\nb"));
    reply->content_type = "text/plain";
    if (place->in_parts) {
        left = PARTS;
        reply->parts = (struct reply_parts){.next = next_part, .state = &left};
        return;
    }
    format_add(&reply->body, "%d %s", (int)request->method, request->loopback ? "here " : "");
    bytes_add(&reply->body, request->target);
    bytes_add(&reply->body, SLICE(" "));
    bytes_add(&reply->body, request->body);
    bytes_add(&reply->body, request->authorization);
}

static void start(struct place *place, uint32_t request_ms, uint32_t idle_ms)
{
    struct listener where = {.host = (char[]){"127.0.0.1"}};
    struct text error = {.len = 0};
    *place = (struct place){.base = event_base_new()};
    place->broker = broker_new(&(struct broker_options){.message_size_max = 1});
    place->engine = engine_new(&(struct engine_options){.broker = place->broker});
    place->http = http_listener_new(&(struct http_listener_options){
        .base = place->base,
        .engine = place->engine,
        .site = {.answer = on_request, .context = place},
        .body_max = 1 << 20,
        .connections_max = MAX,
        .request_timeout_ms = request_ms,
        .idle_timeout_ms = idle_ms,
    });
    cr_assert_eq(http_listener_open(place->http, &where, &error), 0, "%s", error.ptr);
}

static void stop(struct place *place)
{
    http_listener_free(place->http);
    engine_free(place->engine);
    broker_free(place->broker);
    event_base_free(place->base);
}

static int connect_to(const struct place *place)
{
    const struct address *address = http_listener_address(place->http, 0);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert_eq(connect(fd, &address->any, address->len), 0);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    event_base_loop(place->base, EVLOOP_NONBLOCK);
    return fd;
}

static void say(struct place *place, int fd, const char *text)
{
    cr_assert_eq(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
    event_base_loop(place->base, EVLOOP_NONBLOCK);
}

/* Lets the loop turn until the text is in what came, or the connection is over, or much time has
 * passed. The answer is good until the next call. */
static const char *hear(struct place *place, int fd, const char *until)
{
    static char heard[PARTS * PART * 2];
    size_t len = 0;
    for (int ms = 0; ms < LONG_MS; ms++) {
        event_base_loop(place->base, EVLOOP_NONBLOCK);
        http_listener_end_tick(place->http);
        ssize_t got = recv(fd, heard + len, sizeof heard - 1 - len, 0);
        len += got > 0 ? (size_t)got : 0;
        heard[len] = '\0';
        if (got == 0 || (until && strstr(heard, until))) {
            break;
        }
        if (got < 0) {
            usleep(1000);
        }
    }
    return heard;
}

/* Lets the loop turn until so many requests have come, and a little longer. */
static void await_requests(struct place *place, unsigned count)
{
    for (int ms = 0; ms < LONG_MS && place->requests < count; ms++) {
        event_base_loop(place->base, EVLOOP_NONBLOCK);
        usleep(1000);
    }
    for (int i = 0; i < 20; i++) {
        event_base_loop(place->base, EVLOOP_NONBLOCK);
        http_listener_end_tick(place->http);
    }
    cr_expect_eq(place->requests, count);
}

static bool is_open(int fd)
{
    char octet;
    return recv(fd, &octet, 1, MSG_PEEK) < 0;
}

Test(http_listener, requests_are_answered_one_after_another)
{
    struct place place;
    start(&place, LONG_MS, LONG_MS);
    int fd = connect_to(&place);
    say(&place, fd, "GET /a?b=c HTTP/1.1\r\nHost: x\r\nAuthorization: Basic z\r\n\r\n");
    const char *answer = hear(&place, fd, "Basic z");
    cr_expect(strncmp(answer, "HTTP/1.1 200 OK\r\n", 17) == 0, "%s", answer);
    cr_expect(strstr(answer, "1 here /a?b=c Basic z"), "%s", answer);
    cr_expect(strstr(answer, "\r\nContent-Type: text/plain\r\n"), "%s", answer);
    cr_expect(strstr(answer, "\r\nX-Kind: a  b\r\n"), "a header is one line: %s", answer);
    say(&place, fd, "PUT /b HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbo");
    say(&place, fd, "dyGET /c HTTP/1.1\r\nHost: x\r\n\r\n");
    cr_expect(strstr(hear(&place, fd, "/c "), "here /b body"));
    say(&place, fd,
        "POST /d HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    say(&place, fd, "0\r\n\r\n");
    cr_expect(strstr(hear(&place, fd, "/d "), "here /d abc"));
    close(fd);
    stop(&place);
}

Test(http_listener, a_long_answer_comes_in_parts)
{
    struct place place;
    start(&place, LONG_MS, LONG_MS);
    place.in_parts = true;
    int fd = connect_to(&place);
    say(&place, fd, "GET / HTTP/1.0\r\n\r\n");
    const char *answer = hear(&place, fd, NULL);
    const char *body = strstr(answer, "\r\n\r\n");
    cr_assert_not_null(body);
    cr_expect_eq(strlen(body + 4), PARTS * PART);
    cr_expect_eq(strspn(body + 4, "p"), PARTS * PART);
    close(fd);
    stop(&place);
}

Test(http_listener, who_hangs_up_in_the_middle_leaves_nothing_behind)
{
    struct place place;
    start(&place, LONG_MS, LONG_MS);
    place.in_parts = true;
    for (int i = 0; i < 3 * MAX; i++) {
        int fd = connect_to(&place);
        say(&place, fd, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        close(fd);
    }
    for (int ms = 0; ms < LONG_MS && http_listener_count(place.http) > 0; ms++) {
        event_base_loop(place.base, EVLOOP_NONBLOCK);
        usleep(1000);
    }
    cr_expect_eq(http_listener_count(place.http), 0);
    stop(&place);
}

Test(http_listener, an_answer_waits_for_the_journal)
{
    struct place place;
    start(&place, LONG_MS, LONG_MS);
    place.after = 5;
    int fd = connect_to(&place);
    engine_end_tick(place.engine, 4, 1);
    say(&place, fd, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await_requests(&place, 1);
    cr_expect(is_open(fd), "nothing was said");
    engine_end_tick(place.engine, 5, 2);
    cr_expect(strstr(hear(&place, fd, "here / "), "200 OK"));
    close(fd);
    stop(&place);
}

Test(http_listener, a_request_must_be_whole_in_time)
{
    struct place place;
    start(&place, 200, LONG_MS);
    int slow = connect_to(&place), idle = connect_to(&place);
    for (int i = 0; i < 1000 && is_open(slow); i++) { // an octet every now and then does not help
        send(slow, "G", 1, MSG_NOSIGNAL);
        event_base_loop(place.base, EVLOOP_NONBLOCK);
        usleep(20000);
    }
    cr_expect_not(is_open(slow));
    cr_expect(is_open(idle));
    close(slow);
    close(idle);
    stop(&place);
}

Test(http_listener, silence_between_requests_has_an_end)
{
    struct place place;
    start(&place, LONG_MS, 300);
    int fd = connect_to(&place);
    cr_expect_str_eq(hear(&place, fd, NULL), "");
    cr_expect_not(is_open(fd));
    close(fd);
    stop(&place);
}

Test(http_listener, a_newcomer_takes_the_place_of_one_that_is_silent)
{
    struct place place;
    int fds[MAX + 1];
    start(&place, LONG_MS, LONG_MS);
    for (int i = 0; i <= MAX; i++) {
        fds[i] = connect_to(&place);
    }
    say(&place, fds[MAX], "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    cr_expect(strstr(hear(&place, fds[MAX], "here / "), "200 OK"));
    cr_expect_not(is_open(fds[0]));
    cr_expect(is_open(fds[1]));
    for (int i = 0; i <= MAX; i++) {
        close(fds[i]);
    }
    stop(&place);
}

Test(http_listener, a_newcomer_is_told_503_if_all_have_something_to_do)
{
    struct place place;
    int fds[MAX];
    start(&place, LONG_MS, LONG_MS);
    place.after = UINT64_MAX;
    for (int i = 0; i < MAX; i++) {
        fds[i] = connect_to(&place);
        say(&place, fds[i], "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        await_requests(&place, (unsigned)i + 1);
    }
    int fd = connect_to(&place);
    cr_expect(strstr(hear(&place, fd, NULL), "503 Service Unavailable"));
    cr_expect(is_open(fds[0]));
    close(fd);
    for (int i = 0; i < MAX; i++) {
        close(fds[i]);
    }
    stop(&place);
}

Test(http_listener, what_is_too_long_is_refused)
{
    struct place place;
    start(&place, LONG_MS, LONG_MS);
    int fd = connect_to(&place);
    say(&place, fd, "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n");
    cr_expect(strstr(hear(&place, fd, "\r\n\r\n"), " 413 "));
    close(fd);
    fd = connect_to(&place);
    char line[100];
    snprintf(line, sizeof line, "X-%090d: y\r\n", 1);
    say(&place, fd, "GET / HTTP/1.1\r\nHost: x\r\n");
    for (int i = 0; i < 1000 && is_open(fd); i++) {
        send(fd, line, strlen(line), MSG_NOSIGNAL);
        event_base_loop(place.base, EVLOOP_NONBLOCK);
    }
    cr_expect(strstr(hear(&place, fd, NULL), " 400 "));
    cr_expect_eq(place.requests, 0);
    close(fd);
    stop(&place);
}
