#include "conf/socket_places.h"

#include <stdio.h>

/* What does not fit is no place: a cut path would be somewhere else. */
static void keep_if_whole(struct socket_places *places, int len)
{
    if (len > 0 && len < SOCKET_PLACE_ROOM) {
        places->count++;
    }
}

struct socket_places socket_places_of(const char *runtime_directory, unsigned user)
{
    struct socket_places places = {.count = 0};
    keep_if_whole(&places, snprintf(places.paths[0], SOCKET_PLACE_ROOM, SOCKET_PLACE_SYSTEM));
    if (runtime_directory && runtime_directory[0] == '/') {
        keep_if_whole(&places, snprintf(places.paths[places.count], SOCKET_PLACE_ROOM, "%s/leveret",
                                        runtime_directory));
    }
    keep_if_whole(&places,
                  snprintf(places.paths[places.count], SOCKET_PLACE_ROOM, "/tmp/leveret-%u", user));
    return places;
}
