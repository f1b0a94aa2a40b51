#include "admin/answer.h"
#include "admin/api_internal.h"
#include "admin/base64.h"
#include "admin/handlers.h"

/* The credentials of a form, as the header that would say the same. */
static bool read_form(struct slice form, struct bytes *header)
{
    struct target target;
    struct bytes line = {0}, credentials = {0};
    bytes_add(&line, SLICE("/?"));
    bytes_add(&line, form);
    bool read = target_parse(bytes_slice(&line), &target);
    if (read) {
        bytes_add(&credentials, target_parameter(&target, SLICE("username")));
        bytes_add_u8(&credentials, ':');
        bytes_add(&credentials, target_parameter(&target, SLICE("password")));
        bytes_add(header, SLICE("Basic "));
        base64_encode(bytes_slice(&credentials), header);
        target_finish(&target);
    }
    bytes_finish(&line);
    bytes_finish(&credentials);
    return read;
}

void call_take_credentials(struct call *call, call_handler handler, struct request *room)
{
    struct slice given = target_parameter(&call->target, SLICE("auth"));
    if (given.ptr && (handler == on_definitions || handler == on_definitions_post)) {
        struct bytes header = {0};
        bytes_add(&header, SLICE("Basic "));
        bytes_add(&header, given);
        *room = *call->request;
        room->authorization = arena_copy(&call->arena, bytes_slice(&header));
        call->request = room;
        bytes_finish(&header);
    }
}

/* Whether user and password in a form are right. RabbitMQ gives a cookie besides, of which there
 * are none here. */
void on_login(struct call *call)
{
    struct answer answer;
    struct bytes header = {0};
    struct request request = *call->request;
    if (!read_form(request.body, &header)) {
        reply_bad_request(call->reply, SLICE("not a form"));
        return;
    }
    request.authorization = bytes_slice(&header);
    call->request = &request;
    if (call_log_in(call)) {
        write_str(answer_begin(&answer, call), NULL, "ok");
    }
    bytes_finish(&header);
}
