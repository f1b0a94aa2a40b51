#include "exchange/binding.h"

#include <stdlib.h>

#include "base/bytes.h"
#include "base/cursor.h"
#include "base/memory.h"
#include "exchange/exchange_internal.h"
#include "exchange/fields.h"

/* A binding is found again by its identity: the address of its destination, the length of its key,
 * its key, and its arguments sorted by name. Every binding carries this run of octets behind its
 * struct; `key` and `arguments` are slices of it. */
enum { IDENTITY_KEY = sizeof(struct destination *) + 1 }; // where the key starts

static struct bytes identity_of(const struct destination *destination, struct slice key,
                                struct slice arguments)
{
    CHECK(key.len <= UINT8_MAX);
    struct bytes identity = {0};
    bytes_add(&identity, (struct slice){(const uint8_t *)&destination, sizeof destination});
    bytes_add_u8(&identity, (uint8_t)key.len);
    bytes_add(&identity, key);
    fields_add_sorted(arguments, &identity);
    return identity;
}

static struct binding *find(const struct exchange *source, const struct bytes *identity)
{
    struct map_node *node = map_get(&source->by_identity, bytes_slice(identity));
    return node ? container_of(node, struct binding, same) : NULL;
}

static struct binding *make(struct exchange *source, struct destination *destination,
                            const struct bytes *identity)
{
    struct binding *binding = memory_new(sizeof *binding + identity->len);
    uint8_t *copy = (uint8_t *)(binding + 1);
    slice_copy(copy, bytes_slice(identity));
    size_t key_len = copy[IDENTITY_KEY - 1];
    size_t head_len = IDENTITY_KEY + key_len;
    binding->source = source;
    binding->destination = destination;
    binding->key = (struct slice){copy + IDENTITY_KEY, key_len};
    binding->arguments = (struct slice){copy + head_len, identity->len - head_len};
    list_push(&source->bindings, &binding->out_link);
    list_push(&destination->bindings_in, &binding->in_link);
    map_put(&source->by_identity, &binding->same, (struct slice){copy, identity->len});
    if (source->type->bind) {
        source->type->bind(source->state, binding);
    }
    return binding;
}

struct binding *exchange_find_binding(struct exchange *source, struct destination *destination,
                                      struct slice key, struct slice arguments)
{
    struct bytes identity = identity_of(destination, key, arguments);
    struct binding *binding = find(source, &identity);
    bytes_finish(&identity);
    return binding;
}

struct binding *exchange_bind(struct exchange *source, struct destination *destination,
                              struct slice key, struct slice arguments, bool *is_new)
{
    struct bytes identity = identity_of(destination, key, arguments);
    struct binding *binding = find(source, &identity);
    if (is_new) {
        *is_new = !binding;
    }
    if (!binding) {
        binding = make(source, destination, &identity);
    }
    bytes_finish(&identity);
    return binding;
}

void binding_remove(struct binding *binding)
{
    struct exchange *source = binding->source;
    if (source->type->unbind) {
        source->type->unbind(source->state, binding);
    }
    map_remove(&source->by_identity, &binding->same);
    map_release_if_empty(&source->by_identity);
    cursors_leave(&source->cursors, &binding->out_link);
    list_unlink(&binding->out_link);
    list_unlink(&binding->in_link);
    free(binding);
}
