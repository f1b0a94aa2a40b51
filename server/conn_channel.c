#include "server/conn_channel.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"
#include "broker/channel.h"
#include "server/confirms.h"
#include "server/conn_close.h"
#include "server/conn_internal.h"
#include "server/conn_log.h"
#include "server/content.h"

struct conn_channel *channel_table_find(const struct channel_table *table, uint16_t number)
{
    uint16_t page = number >> CHANNEL_PAGE_BITS;
    if (page >= table->page_count || !table->pages[page]) {
        return NULL;
    }
    return table->pages[page]->at[number & (CHANNEL_PAGE_SIZE - 1)];
}

static struct conn_channel **slot_of(struct channel_table *table, uint16_t number)
{
    uint16_t page = number >> CHANNEL_PAGE_BITS;
    if (page >= table->page_count) {
        size_t more = (size_t)page + 1 - table->page_count;
        table->pages = memory_grow(table->pages, (page + 1U) * sizeof(struct channel_page *));
        memset(table->pages + table->page_count, 0, more * sizeof(struct channel_page *));
        table->page_count = page + 1;
    }
    if (!table->pages[page]) {
        table->pages[page] = memory_new(sizeof **table->pages);
    }
    return &table->pages[page]->at[number & (CHANNEL_PAGE_SIZE - 1)];
}

void conn_channel_open(struct conn *conn, uint16_t number)
{
    struct conn_channel **slot = slot_of(&conn->channels, number);
    CHECK(!*slot);
    struct conn_channel *channel = memory_new(sizeof *channel);
    channel->conn = conn;
    channel->number = number;
    channel->confirms_until = conn->confirms_until; // what is owed to the last one of this number
    channel->confirms_after = conn->confirms_after;
    channel->core = channel_open(conn->session, number);
    *slot = channel;
    conn->channels.count++;
    conn->channels.recent = channel;
    struct amqp_args reply = {.method = METHOD_channel_open_ok};
    conn_reply(conn, number, &reply);
}

static void free_channel(struct conn_channel *channel)
{
    confirms_flush(channel);
    content_drop(channel);
    free(channel);
}

static void remove_channel(struct conn_channel *channel)
{
    struct channel_table *table = &channel->conn->channels;
    *slot_of(table, channel->number) = NULL;
    table->count--;
    table->recent = NULL;
    free_channel(channel);
}

/* Confirms that are already due are told before the channel is closed. */
static void close_core(struct conn_channel *channel)
{
    struct engine *engine = channel->conn->engine;
    engine_run_effects(engine);
    confirms_flush(channel);
    channel_close(channel->core, &engine->fx);
    channel->core = NULL;
}

void conn_channel_close(struct conn_channel *channel)
{
    struct amqp_args reply = {.method = METHOD_channel_close_ok};
    close_core(channel);
    conn_reply(channel->conn, channel->number, &reply);
    remove_channel(channel);
}

void conn_channel_closed(struct conn_channel *channel)
{
    remove_channel(channel);
}

static void fail_soft(struct conn_channel *channel, const struct conn_error *error)
{
    struct text text;
    conn_error_text(error, &text);
    conn_log_channel_error(channel->conn, error);
    close_core(channel);
    content_drop(channel);
    struct amqp_args args = {
        .method = METHOD_channel_close,
        .channel_close = {.reply_code = (uint16_t)error->reply,
                          .reply_text = text_slice(&text),
                          .class_id = error->class_id,
                          .method_id = error->method_id},
    };
    conn_reply(channel->conn, channel->number, &args);
}

void conn_channel_fail(struct conn_channel *channel, enum amqp_reply reply, enum amqp_method method)
{
    struct text reason = channel->conn->engine->fx.error; // the core may overwrite its own
    struct conn_error error = {
        .reply = reply,
        .channel = channel->number,
        .class_id = amqp_class_id(method),
        .method_id = amqp_method_id(method),
        .text = text_slice(&reason),
    };
    if (amqp_reply_is_hard(reply)) {
        conn_fail(channel->conn, &error);
    } else {
        fail_soft(channel, &error);
    }
}

void conn_channel_shut(struct conn_channel *channel, enum amqp_reply reply, struct slice text)
{
    struct conn_error error = {.reply = reply, .channel = channel->number, .text = text};
    fail_soft(channel, &error);
}

void channel_table_finish(struct channel_table *table)
{
    for (uint16_t page = 0; page < table->page_count; page++) {
        if (!table->pages[page]) {
            continue;
        }
        for (int i = 0; i < CHANNEL_PAGE_SIZE; i++) {
            if (table->pages[page]->at[i]) {
                free_channel(table->pages[page]->at[i]);
            }
        }
        free(table->pages[page]);
    }
    free(table->pages);
    *table = (struct channel_table){0};
}
