#include "admin/answer.h"
#include "admin/api_internal.h"
#include "admin/handlers.h"
#include "admin/operation.h"

/* Whether a virtual host may be deleted. */

/* RabbitMQ has the method, and no answer for it. */
void on_vhost_protection(struct call *call)
{
    struct answer answer;
    struct vhost_view view;
    view_vhost(call_broker(call), call->vhost, &call->arena, &view);
    struct writer *w = answer_begin(&answer, call);
    write_object(w, NULL);
    write_truth(w, "protected_from_deletion", view.is_protected);
    write_end(w);
}

static void protect(struct call *call, bool on)
{
    struct deputy op;
    operation_begin(call, &op);
    broker_protect_vhost(broker_find_vhost(op.broker, call->vhost), on, op.fx);
    operation_end(call, &op, AMQP_OK, HTTP_NO_CONTENT);
}

void on_vhost_protection_post(struct call *call)
{
    protect(call, true);
}

void on_vhost_protection_delete(struct call *call)
{
    protect(call, false);
}
