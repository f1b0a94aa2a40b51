#ifndef BROKER_POST_H
#define BROKER_POST_H

#include "broker/broker_internal.h"
#include "broker/effect.h"

struct post;

/* A message that the broker itself is to publish, when the operation that gave it reason to is
 * through (publishing may give more reasons) and its content is at hand. They are published in the
 * order of their reasons, up to the first one whose content is yet to come. Each kind is a struct
 * that begins with this one. */
struct post_type {
    void (*send)(struct post *post, struct effects *fx); // its content is here
    void (*free_post)(struct post *post);                // frees it, and what the kind has in it
};

struct post {
    struct list_node link;       // broker.posts
    struct list_node fetch_link; // broker.unfetched, if its content is to be asked for
    const struct post_type *type;
    struct vhost *vhost; // borrowed
    struct msg *msg;     // owns one reference; may be a stub
    struct msg *content; // likewise: msg itself, or what its stub stands for; NULL until fetched
    bool fleeting; // nothing keeps its content in the journal: it is asked for before all others
    bool fetching; // its content has been asked for and is not here
};

/* Takes over one whose type, virtual host and message (and `fleeting`) are set. */
void post_add(struct post *post, struct effects *fx);

/* Publishes a message, which it does not take over, to an exchange of the virtual host by its
 * routing key alone. Nothing happens if there is no such exchange. */
void post_publish(struct vhost *vhost, struct slice exchange, struct msg *msg, struct effects *fx);

/* Publishes what can be. To be called at the end of every operation that may have given reasons.
 * One call publishes a bounded number; the rest waits for broker_tick, which is then due at once.
 */
void posts_send_waiting(struct broker *broker, struct effects *fx);

static inline void posts_send(struct broker *broker, struct effects *fx)
{
    if (!list_empty(&broker->posts)) {
        posts_send_waiting(broker, fx);
    }
}

/* Asks for the content of those that wait, of a bounded number at a time. */
void posts_fetch(struct broker *broker, struct effects *fx);

bool posts_due(const struct broker *broker); // whether either has something to do

/* Those of this virtual host, which goes, or of all (NULL) are forgotten. */
void posts_drop(struct broker *broker, const struct vhost *vhost);

#endif
