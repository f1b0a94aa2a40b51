#include "admin/json_table.h"

#include <criterion/criterion.h>

#include "amqp/table.h"

static void round_trip(const char *text)
{
    json_error_t error;
    json_t *object = json_loads(text, 0, &error);
    struct bytes table = {0}, out = {0};
    struct writer w;
    cr_assert(json_to_table(object, &table));
    cr_assert(table_valid(bytes_slice(&table)));
    writer_init(&w, &out, NULL);
    write_table(&w, NULL, bytes_slice(&table));
    bytes_add_u8(&out, '\0');
    cr_assert_str_eq((const char *)out.ptr, text);
    json_decref(object);
    bytes_finish(&table);
    bytes_finish(&out);
}

Test(json_table, tables_come_back_as_they_were)
{
    round_trip("{}");
    round_trip("{\"x-max-length\":10,\"s\":\"text\",\"t\":true,\"f\":-1.5,\"n\":null}");
    round_trip("{\"deep\":{\"list\":[1,\"a\",[],{}]}}");
}

Test(json_table, whole_numbers_are_64_bit_as_in_rabbitmq)
{
    json_t *object = json_pack("{s:i}", "n", 1);
    struct bytes table = {0};
    struct field_value value;
    cr_assert(json_to_table(object, &table));
    cr_assert(table_get(bytes_slice(&table), SLICE("n"), &value));
    cr_assert_eq(value.type, 'l');
    json_decref(object);
    bytes_finish(&table);
}

Test(json_table, refuses_what_is_nested_too_deep)
{
    json_t *object = json_object();
    for (int i = 0; i < 40; i++) {
        json_t *outer = json_object();
        json_object_set_new(outer, "x", object);
        object = outer;
    }
    struct bytes table = {0};
    cr_assert(!json_to_table(object, &table));
    json_decref(object);
    bytes_finish(&table);
}

Test(json_table, properties_come_back_as_they_were)
{
    json_t *object = json_pack("{s:i, s:{s:i}, s:s, s:I}", "delivery_mode", 2, "headers", "a", 1,
                               "message_id", "m", "timestamp", (json_int_t)1 << 40);
    struct bytes encoded = {0}, out = {0};
    struct writer w;
    const char *wrong;
    cr_assert(json_to_properties(object, &encoded, &wrong));
    writer_init(&w, &out, NULL);
    write_properties(&w, NULL, bytes_slice(&encoded));
    bytes_add_u8(&out, '\0');
    cr_assert_str_eq((const char *)out.ptr, "{\"headers\":{\"a\":1},\"delivery_mode\":2,"
                                            "\"message_id\":\"m\",\"timestamp\":1099511627776}");
    json_decref(object);
    bytes_finish(&encoded);
    bytes_finish(&out);
}

Test(json_table, names_the_property_that_is_wrong)
{
    json_t *object = json_pack("{s:s}", "priority", "high");
    struct bytes encoded = {0};
    const char *wrong;
    cr_assert(!json_to_properties(object, &encoded, &wrong));
    cr_assert_str_eq(wrong, "priority");
    json_decref(object);
}
