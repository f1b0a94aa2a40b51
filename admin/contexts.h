#ifndef ADMIN_CONTEXTS_H
#define ADMIN_CONTEXTS_H

#include "admin/call.h"
#include "admin/writer.h"

/* "listeners": where the broker listens, of every protocol, with the options of the sockets. */
void write_listeners(struct writer *w, struct call *call);

/* "contexts": where the API and the metrics are served. `node`: also by which node, as it is told
 * beside listeners. */
void write_contexts(struct writer *w, const struct api *api, const char *node);

#endif
