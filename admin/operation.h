#ifndef ADMIN_OPERATION_H
#define ADMIN_OPERATION_H

#include <jansson.h>

#include "admin/call.h"
#include "server/deputy.h"

/* A request that changes something: what it says, and the deputy that does it. */

/* Reads the body as a JSON object; an empty one stands for {}. The caller gives it back with
 * json_decref. NULL, and answered, if it is none. */
json_t *operation_body(struct call *call);

/* Begins an operation without a session: for what no AMQP method does. */
void operation_begin(struct call *call, struct deputy *op);

/* Begins one as the user who asks, in this virtual host. False, and answered, if the user may not;
 * the operation is over then. */
bool operation_open(struct call *call, struct deputy *op, struct slice vhost);

/* Whether an object of this kind is there. */
bool operation_has_queue(struct call *call, struct slice vhost, struct slice name);
bool operation_has_exchange(struct call *call, struct slice vhost, struct slice name);

/* Ends it: the answer has this status, or says why the core refused (reply is not AMQP_OK), and
 * waits for the journal. */
void operation_end(struct call *call, struct deputy *op, enum amqp_reply reply,
                   enum http_status status);

/* A member that is true or false, also as a text; `fallback` if there is none. False, and answered,
 * if it is something else. */
bool operation_flag(struct call *call, const json_t *body, const char *name, bool *out);

/* A member that is a text; an empty one if there is none. */
struct slice operation_text(const json_t *body, const char *name);

/* The members that must be there. False, and answered as RabbitMQ does, if some are not. */
bool operation_needs(struct call *call, const json_t *body, const char *const *names);

/* Whether these members are texts, where they are there. False, and answered, if one is not. */
bool operation_texts(struct call *call, const json_t *body, const char *const *names);

/* Appends a value as RabbitMQ's reasons show it: <<"text">>, 7, null. */
void operation_add_term(const json_t *value, struct bytes *out);

/* The field table of the member `arguments`. False, and answered, if it is none. To be finished by
 * the caller in either case. */
bool operation_arguments(struct call *call, const json_t *body, struct bytes *table);

#endif
