#include "tests/sim/absence.h"

#include "broker/broker_internal.h"
#include "broker/broker_queue.h"
#include "broker/post.h"
#include "queue/msg.h"

/* The linker puts these before the functions of the core that they are named after (see
 * CMakeLists.txt). They are called by it without a context, hence the variables. */
void __real_post_add(struct post *post, struct effects *fx);
void __wrap_post_add(struct post *post, struct effects *fx);
bool __real_broker_queue_take(struct broker_queue *queue, struct delivery *out);
bool __wrap_broker_queue_take(struct broker_queue *queue, struct delivery *out);

static struct absences *watched;
static const struct broker *watched_broker;

void absences_watch(struct absences *absences, const struct broker *broker)
{
    watched = absences;
    watched_broker = broker;
}

void __wrap_post_add(struct post *post, struct effects *fx)
{
    if (watched && post->vhost->broker == watched_broker) {
        bytes_add_u8(&watched->letters, post->msg->stub);
    }
    __real_post_add(post, fx);
}

bool __wrap_broker_queue_take(struct broker_queue *queue, struct delivery *out)
{
    bool taken = __real_broker_queue_take(queue, out);
    bool due = taken && queue->kind == QUEUE_DELAYED;
    if (due && watched && queue->vhost->broker == watched_broker) {
        bytes_add_u8(&watched->dues, out->msg->stub);
    }
    return taken;
}

static bool next(const struct bytes *log, size_t *known)
{
    return *known < log->len && log->ptr[(*known)++];
}

bool absences_next_letter(struct absences *absences)
{
    return next(&absences->letters, &absences->letters_known);
}

bool absences_next_due(struct absences *absences)
{
    return next(&absences->dues, &absences->dues_known);
}

void absences_forget(struct absences *absences)
{
    absences->letters.len = absences->dues.len = 0;
    absences->letters_known = absences->dues_known = 0;
}

void absences_finish(struct absences *absences)
{
    if (watched == absences) {
        absences_watch(NULL, NULL);
    }
    bytes_finish(&absences->letters);
    bytes_finish(&absences->dues);
}
