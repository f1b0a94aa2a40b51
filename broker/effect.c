#include "broker/effect.h"

#include <stdlib.h>

#include "base/blob.h"
#include "base/memory.h"
#include "queue/msg.h"

void effects_grow(struct effects *fx)
{
    fx->cap = fx->cap ? fx->cap * 2 : 64;
    fx->items = memory_grow(fx->items, fx->cap * sizeof *fx->items);
}

void effect_release(struct effect *effect)
{
    msg_unref(effect->msg);
    switch ((enum effect_kind)effect->kind) {
    case EFFECT_DELIVER:
    case EFFECT_REPLY:
    case EFFECT_CANCEL:
    case EFFECT_CLOSE:
        blob_unref(effect->blob);
        break;
    case EFFECT_STORE:
    case EFFECT_SETTLE:
    case EFFECT_RECORD:
    case EFFECT_FETCH:
    case EFFECT_FAILED:
    case EFFECT_GET:
    case EFFECT_RETURN:
    case EFFECT_CONFIRM:
        break;
    }
}

void effects_clear(struct effects *fx)
{
    for (uint32_t i = 0; i < fx->count; i++) {
        effect_release(&fx->items[i]);
    }
    effects_reset(fx);
}

void effects_free(struct effects *fx)
{
    effects_clear(fx);
    free(fx->items);
    bytes_finish(&fx->records);
    *fx = (struct effects){0};
}

const char *effect_name(enum effect_kind kind)
{
    static const char *const names[] = {
#define E(name, lower) [EFFECT_##name] = #lower,
        EFFECTS(E)
#undef E
    };
    return names[kind];
}
