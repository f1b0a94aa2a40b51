#ifndef ADMIN_METRICS_H
#define ADMIN_METRICS_H

struct api;
struct reply;
struct request;

/* What the listener for Prometheus answers: the metrics, at the path that the settings say, to
 * whoever asks. */
void metrics_answer(const struct api *api, const struct request *request, struct reply *reply);

#endif
