#ifndef ADMIN_TRANSFER_H
#define ADMIN_TRANSFER_H

#include "admin/api.h"
#include "base/list.h"

struct event_base;
struct evhttp_request;

/* A request and its answer on the way between evhttp and the API. Most are over in one call;
 * others wait for the journal, or are written in slices, one a turn of the loop. */
struct transfers {
    struct api *api;         // borrowed
    struct engine *engine;   // borrowed
    struct event_base *base; // borrowed
    struct list waiting;     // struct transfer.link: for the journal
    struct list sending;     // likewise: in slices
};

void transfers_init(struct transfers *all, struct api *api, const struct api_options *options,
                    struct event_base *base);

/* evhttp is gone, and its requests with it. */
void transfers_finish(struct transfers *all);

void transfer_begin(struct transfers *all, struct evhttp_request *http);

/* Sends what the journal has caught up with. */
void transfers_release(struct transfers *all);

#endif
