#ifndef ADMIN_ADMIN_H
#define ADMIN_ADMIN_H

#include "admin/api.h"
#include "base/text.h"

struct admin;
struct event_base;
struct tls;

/* Management over HTTP: the API (admin/api.h) on listeners of its own (admin/http_listener.h), in
 * the server's event loop. */
struct admin_options {
    struct api_options api;
    struct event_base *base; // borrowed
    struct tls *tls;         // borrowed; of management.ssl.port; NULL if that is not set
    struct tls *metrics_tls; // likewise; of prometheus.ssl.port
};

struct admin *admin_new(const struct admin_options *options);
void admin_free(struct admin *admin); // cuts off who is connected; before the event base goes

/* Listens as the settings say (management.tcp.*, management.ssl.*). False, with the reason. */
bool admin_listen(struct admin *admin, struct text *error);

/* Listens for Prometheus as the settings say (prometheus.*). False, with the reason. */
bool admin_listen_for_metrics(struct admin *admin, struct text *error);

/* Listens at the local socket, unless the settings say `none`. `port` is that of AMQP. False, with
 * the reason, if the settings name a path that cannot be had; without a place of its own choice it
 * goes on, with a warning. */
bool admin_listen_locally(struct admin *admin, uint16_t port, struct text *error);

/* To be called after every tick: sends what the journal has caught up with. */
void admin_end_tick(struct admin *admin); // NULL is fine

#endif
