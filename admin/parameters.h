#ifndef ADMIN_PARAMETERS_H
#define ADMIN_PARAMETERS_H

#include <jansson.h>

#include "admin/call.h"
#include "admin/writer.h"
#include "broker/parameter.h"

/* Parameters as RabbitMQ's API knows them: those that the core keeps under names
 * (broker/parameter.h), and, as components of their own, limits of virtual hosts and operator
 * policies. */

/* Those of the path's virtual host if it names one, else of all: an array in the call's arena. */
struct parameter *parameters_all(struct call *call, size_t *count);

/* As {"value":..., "vhost":..., "component":..., "name":...}; of a global one, the name and value.
 */
void write_parameter(struct writer *w, const void *item, const void *context);
void write_global_parameter(struct writer *w, const void *item, const void *context);

/* A value as the core keeps it: to be given back with free. NULL, and answered, if it cannot be. */
char *parameter_json(struct call *call, const json_t *value);

/* Whether that can be set, but for the virtual host, which need not be there yet; else answered. */
bool parameter_check(struct call *call, const struct parameter *names, const json_t *value);
bool global_parameter_check(struct call *call, struct slice name, const json_t *value);

/* Sets what the names say. Answers; false if that is why not. */
bool parameter_put(struct call *call, const struct parameter *names, const json_t *value);
bool global_parameter_put(struct call *call, struct slice name, const json_t *value);

#endif
