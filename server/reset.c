#include "server/reset.h"

#include "base/arena.h"
#include "broker/parameter.h"
#include "broker/user.h"
#include "broker/vhost.h"
#include "broker/view.h"
#include "server/bootstrap.h"
#include "server/deputy.h"
#include "server/engine_internal.h"
#include "server/policy_settings.h"
#include "server/store.h"

static void delete_all(struct broker *broker, struct effects *fx)
{
    size_t count;
    struct arena arena = {0};
    const struct vhost_view *vhosts = view_vhosts(broker, &arena, &count);
    for (size_t i = 0; i < count; i++) {
        broker_delete_vhost(broker, vhosts[i].name, fx);
    }
    const struct user_view *users = view_users(broker, &arena, &count);
    for (size_t i = 0; i < count; i++) {
        broker_delete_user(broker, users[i].user.name, fx);
    }
    const struct parameter *parameters = view_global_parameters(broker, &arena, &count);
    for (size_t i = 0; i < count; i++) {
        broker_delete_parameter(broker, &parameters[i], fx);
    }
    arena_finish(&arena);
}

bool reset_broker(const struct reset_options *options, uint64_t *after, struct text *error)
{
    struct deputy op;
    struct store *store = options->engine->options.store;
    deputy_begin(&op, options->engine, options->now_ms);
    delete_all(op.broker, op.fx);
    bool made = bootstrap(op.broker, options->settings, options->come, op.fx) &&
                policy_settings_apply(op.broker, options->settings, op.fx);
    *error = op.fx->error;
    if (store) {
        store_begin_group(store);
    }
    *after = deputy_end(&op);
    if (store) {
        store_end_group(store);
    }
    return made;
}
