#ifndef SERVER_FROM_SETTINGS_H
#define SERVER_FROM_SETTINGS_H

#include "base/bytes.h"
#include "broker/broker.h"
#include "server/acceptors.h"
#include "server/engine.h"
#include "server/store.h"
#include "server/tls.h"

struct settings;

/* The settings in the words of those who carry them out. Slices and strings in the results are
 * borrowed from the settings and from `room`, which begins empty and serves one call: bytes_finish
 * gives it back after the last use. */
struct broker_options broker_options_of(const struct settings *settings);
struct slice event_vhost_of(const struct settings *settings); // borrowed from them

/* Without what main.c knows better: broker, log, authenticator. */
struct engine_options engine_options_of(const struct settings *settings, struct bytes *room);

/* Without what main.c knows better: where, for whom, and what is random. */
struct store_options store_options_of(const struct settings *settings);
struct tls_options tls_options_of(const struct settings *settings, struct bytes *room);

/* The same of the management's listeners (management.ssl.*). */
struct tls_options management_tls_options_of(const struct settings *settings, struct bytes *room);
/* And of that for Prometheus (prometheus.ssl.*). */
struct tls_options metrics_tls_options_of(const struct settings *settings, struct bytes *room);
struct acceptor_options acceptor_options_of(const struct settings *settings, struct tls *tls);

#endif
