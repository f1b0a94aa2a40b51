#include "broker/post.h"

#include "amqp/properties.h"
#include "base/check.h"
#include "broker/delay.h"
#include "broker/enqueue.h"
#include "broker/replay.h"
#include "broker/route.h"
#include "broker/storage.h"

/* So many are published in one call: dead letters that make others may multiply, for queues of
 * length zero that dead-letter to one fanout exchange do so with every hop, and everybody is to
 * have a turn in between. And so many contents are asked for at once: each is in memory, and so is
 * what is made of it, until all of them have been dealt with. */
enum { AT_ONCE_MAX = 10000, FETCH_MAX = 4096 };

static struct post *post_of(struct list_node *node)
{
    return container_of(node, struct post, link);
}

static void fetch(struct post *post, struct effects *fx)
{
    post->fetching = true;
    post->vhost->broker->fetch_count++;
    *effects_next(fx) = (struct effect){.kind = EFFECT_FETCH, .msg = msg_ref(post->msg)};
}

static void end_fetch(struct post *post)
{
    post->vhost->broker->fetch_count -= post->fetching;
    post->fetching = false;
}

/* A stub's content comes from the journal first. */
void post_add(struct post *post, struct effects *fx)
{
    struct broker *broker = post->vhost->broker;
    list_push(&broker->posts, &post->link);
    if (!post->msg->stub) {
        post->content = msg_ref(post->msg);
    } else if (post->fleeting ||
               (broker->fetch_count < FETCH_MAX && list_empty(&broker->unfetched))) {
        fetch(post, fx);
    } else {
        list_push(&broker->unfetched, &post->fetch_link);
    }
}

static void post_free(struct post *post)
{
    list_unlink(&post->link);
    if (list_linked(&post->fetch_link)) {
        list_unlink(&post->fetch_link);
    }
    end_fetch(post);
    msg_unref(post->msg);
    msg_unref(post->content);
    post->type->free_post(post);
}

void post_publish(struct vhost *vhost, struct slice exchange, struct msg *msg, struct effects *fx)
{
    struct route_set *set = &vhost->broker->routes;
    struct exchange *first = exchanges_find(vhost->exchanges, exchange);
    struct amqp_properties properties;
    bool sound = properties_decode(msg_properties(msg), &properties);
    CHECK(sound);
    if (!first) {
        return;
    }
    struct slice key = msg_routing_key(msg);
    struct routing routing = {.keys = &key, .key_count = 1, .properties = &properties};
    route_set_begin(set);
    exchange_route(vhost->exchanges, first, &routing, set);
    struct route found = route_of(set);
    replay_keep(&found, msg);
    for (uint32_t i = 0; i < set->count; i++) {
        enqueue(queue_of(set->items[i]), msg, fx);
    }
}

/* The first one, if it has its content. */
static struct post *ready_post(const struct broker *broker)
{
    struct list_node *first = list_first(&broker->posts);
    struct post *post = first ? post_of(first) : NULL;
    return post && post->content ? post : NULL;
}

void posts_send_waiting(struct broker *broker, struct effects *fx)
{
    struct post *post;
    int left = AT_ONCE_MAX;
    while (left-- > 0 && (post = ready_post(broker))) {
        post->type->send(post, fx);
        post_free(post);
    }
}

void posts_fetch(struct broker *broker, struct effects *fx)
{
    struct list_node *first;
    while (broker->fetch_count < FETCH_MAX && (first = list_first(&broker->unfetched))) {
        list_unlink(first);
        fetch(container_of(first, struct post, fetch_link), fx);
    }
}

bool posts_due(const struct broker *broker)
{
    return ready_post(broker) != NULL ||
           (broker->fetch_count < FETCH_MAX && !list_empty(&broker->unfetched));
}

void broker_fetched(struct broker *broker, const struct msg *stub, struct msg *loaded,
                    struct effects *fx)
{
    list_each(node, &broker->posts) { // asked for in this order, and mostly given in it
        struct post *post = post_of(node);
        if (post->msg == stub && !post->content) {
            end_fetch(post);
            post->content = msg_ref(loaded);
            break;
        }
    }
    delay_fetched(broker, stub, loaded, fx);
    posts_send(broker, fx);
}

void posts_drop(struct broker *broker, const struct vhost *vhost)
{
    list_each(node, &broker->posts) {
        struct post *post = post_of(node);
        if (!vhost || post->vhost == vhost) {
            post_free(post);
        }
    }
}
