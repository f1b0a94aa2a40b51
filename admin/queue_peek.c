#include "admin/answer.h"
#include "admin/api_internal.h"
#include "admin/handlers.h"
#include "admin/json_table.h"
#include "admin/operation.h"
#include "admin/payload.h"
#include "broker/peek.h"
#include "queue/msg.h"

/* A look at one message of a queue, which notices nothing of it. */

/* A number of digits alone, below 10^18. */
static bool read_number(struct slice text, uint64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return false;
        }
        *out = *out * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    return text.len > 0 && text.len <= 18;
}

static bool read_form(struct call *call, struct payload_form *out)
{
    struct slice truncate = target_parameter(&call->target, SLICE("truncate"));
    struct slice encoding = target_parameter(&call->target, SLICE("encoding"));
    *out = (struct payload_form){.truncate = UINT64_MAX,
                                 .base64 = slice_eq(encoding, SLICE("base64"))};
    if (encoding.ptr && !out->base64 && !slice_eq(encoding, SLICE("auto"))) {
        reply_bad_request(call->reply, SLICE("Unsupported encoding. Please use auto or base64."));
        return false;
    }
    if (truncate.ptr && !read_number(truncate, &out->truncate)) {
        reply_bad_term(call->reply, "not_int", SLICE("truncate"));
        return false;
    }
    return true;
}

/* As one of those that are got, with how often it was delivered in vain. */
static void write_peeked(struct call *call, const struct peeked *peeked, const struct msg *msg,
                         const struct payload_form *form)
{
    struct answer answer;
    struct writer *w = answer_begin(&answer, call);
    write_object(w, NULL);
    write_u64(w, "payload_bytes", msg->body_len);
    write_truth(w, "redelivered", peeked->redelivered);
    write_u64(w, "delivery_count", peeked->failed);
    write_text(w, "exchange", msg_exchange(msg));
    write_text(w, "routing_key", msg_routing_key(msg));
    write_u64(w, "message_count", peeked->behind);
    write_properties(w, "properties", msg_properties(msg));
    write_payload(w, msg_body(msg), form);
    write_end(w);
}

static void answer_with(struct call *call, const struct deputy *op, const struct peeked *peeked,
                        const struct payload_form *form)
{
    struct msg *msg = peeked->msg ? deputy_load(op, peeked->msg) : NULL;
    if (msg) {
        write_peeked(call, peeked, msg, form);
    } else if (peeked->msg) {
        reply_error(call->reply, HTTP_SERVER_ERROR, "internal_server_error",
                    SLICE("the message cannot be read"));
    } else {
        reply_bad_request(call->reply,
                          SLICE("Target queue does not have a message at that position"));
    }
    msg_unref(msg);
}

void on_peek(struct call *call)
{
    struct peek peek = {.queue = call->arguments[0]};
    struct payload_form form;
    struct peeked peeked;
    struct deputy op;
    if (!read_form(call, &form)) {
        return;
    }
    if (!read_number(call->arguments[1], &peek.position) || peek.position == 0) {
        reply_bad_request(call->reply, SLICE("position value must be a positive integer"));
        return;
    }
    if (!operation_open(call, &op, call->vhost)) {
        return;
    }
    enum amqp_reply reply = broker_peek(op.channel, &peek, &peeked, op.fx);
    if (!reply) {
        answer_with(call, &op, &peeked, &form);
        msg_unref(peeked.msg);
    }
    uint16_t status = call->reply->status;
    operation_end(call, &op, reply, (enum http_status)(status ? status : HTTP_OK));
}
