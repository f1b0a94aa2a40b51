#include "ctl/http.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Somebody who gives one answer, whatever is asked, and keeps the question. */
struct speaker {
    char path[64];
    int fd;
    const char *answer;
    char question[1024];
    pthread_t thread;
};

static void *speak(void *arg)
{
    struct speaker *speaker = arg;
    int peer = accept(speaker->fd, NULL, NULL);
    ssize_t len = recv(peer, speaker->question, sizeof speaker->question - 1, 0);
    if (len > 0 && speaker->answer) {
        send(peer, speaker->answer, strlen(speaker->answer), MSG_NOSIGNAL);
    }
    if (!speaker->answer) { // says nothing as long as it is listened to
        recv(peer, speaker->question, 1, 0);
    }
    close(peer);
    return NULL;
}

static void speaker_start(struct speaker *speaker, const char *answer)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    *speaker = (struct speaker){.answer = answer};
    snprintf(speaker->path, sizeof speaker->path, "/tmp/leveret-http-%d", getpid());
    snprintf(address.sun_path, sizeof address.sun_path, "%s", speaker->path);
    unlink(speaker->path);
    speaker->fd = socket(AF_UNIX, SOCK_STREAM, 0);
    cr_assert_eq(bind(speaker->fd, (struct sockaddr *)&address, sizeof address), 0);
    cr_assert_eq(listen(speaker->fd, 1), 0);
    cr_assert_eq(pthread_create(&speaker->thread, NULL, speak, speaker), 0);
}

static int ask(struct speaker *speaker, const struct http_request *request,
               struct http_response *response)
{
    struct http_server server = {.timeout_s = speaker->answer ? 60 : 1};
    snprintf(server.socket, sizeof server.socket, "%s", speaker->path);
    *response = (struct http_response){.status = 0};
    int rc = http_ask(&server, request, response);
    pthread_join(speaker->thread, NULL);
    close(speaker->fd);
    unlink(speaker->path);
    return rc;
}

static const struct http_request whoami = {.method = "GET", .path = "/api/whoami"};

Test(http, names_in_paths_are_escaped)
{
    char *path = http_path("queues", "/", "a b%c", "é", NULL);
    cr_assert_str_eq(path, "/api/queues/%2F/a%20b%25c/%C3%A9");
    free(path);
}

Test(http, an_answer_ends_where_the_connection_does)
{
    struct speaker speaker;
    struct http_response response;
    speaker_start(&speaker, "HTTP/1.0 404 Not Found\r\nServer: x\r\n\r\n{\"a\":1}");
    cr_assert_eq(ask(&speaker, &whoami, &response), 0);
    cr_assert_eq(response.status, 404);
    cr_assert(slice_eq(response.body, SLICE("{\"a\":1}")));
    cr_assert_eq(response.peer, getpid());
    cr_assert(strstr(speaker.question, "GET /api/whoami HTTP/1.0\r\n"));
    http_response_finish(&response);
}

Test(http, an_answer_that_was_cut_off_is_none)
{
    struct speaker speaker;
    struct http_response response;
    speaker_start(&speaker, "HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\n{\"a\":1}");
    cr_assert_eq(ask(&speaker, &whoami, &response), -EPROTO);
    http_response_finish(&response);
}

Test(http, what_is_no_http_is_no_answer)
{
    struct speaker speaker;
    struct http_response response;
    speaker_start(&speaker, "AMQP\0\0\x09\x01");
    cr_assert_eq(ask(&speaker, &whoami, &response), -EPROTO);
    http_response_finish(&response);
}

Test(http, silence_is_not_waited_for_for_ever)
{
    struct speaker speaker;
    struct http_response response;
    speaker_start(&speaker, NULL);
    cr_assert_eq(ask(&speaker, &whoami, &response), -ETIMEDOUT);
    http_response_finish(&response);
}

Test(http, a_reason_cannot_bring_headers_of_its_own)
{
    struct speaker speaker;
    struct http_response response;
    struct http_request request = {
        .method = "DELETE", .path = "/", .body = SLICE("{}"), .reason = "a\r\nX-Other: b"};
    speaker_start(&speaker, "HTTP/1.0 204 No Content\r\n\r\n");
    cr_assert_eq(ask(&speaker, &request, &response), 0);
    cr_assert(strstr(speaker.question, "X-Reason: a  X-Other: b\r\n"));
    cr_assert(strstr(speaker.question, "Content-Length: 2\r\n"));
    http_response_finish(&response);
}
