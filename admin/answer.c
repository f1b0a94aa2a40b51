#include "admin/answer.h"

struct writer *answer_begin(struct answer *answer, struct call *call)
{
    columns_parse(target_parameter(&call->target, SLICE("columns")), &answer->columns);
    writer_init(&answer->writer, &call->reply->body, &answer->columns);
    call->reply->status = HTTP_OK;
    return &answer->writer;
}

void answer_list(struct call *call, struct listing_source source)
{
    source.arena = call->arena;
    call->arena = (struct arena){0};
    listing_reply(&source, &call->target, call->reply);
}
