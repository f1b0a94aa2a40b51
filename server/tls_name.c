#include "server/tls_name.h"

#include <arpa/inet.h>
#include <openssl/x509v3.h>

#include "base/check.h"

/* The short names of attribute types. Others are written as their object identifier. */
static const struct attribute {
    int nid;
    const char *name;
} attributes[] = {
    {NID_surname, "SN"},
    {NID_givenName, "GIVENNAME"},
    {NID_initials, "INITIALS"},
    {NID_generationQualifier, "GENERATIONQUALIFIER"},
    {NID_commonName, "CN"},
    {NID_localityName, "L"},
    {NID_stateOrProvinceName, "ST"},
    {NID_organizationName, "O"},
    {NID_organizationalUnitName, "OU"},
    {NID_title, "TITLE"},
    {NID_countryName, "C"},
    {NID_serialNumber, "SERIALNUMBER"},
    {NID_pseudonym, "PSEUDONYM"},
    {NID_domainComponent, "DC"},
    {NID_pkcs9_emailAddress, "EMAILADDRESS"},
    {NID_streetAddress, "STREET"},
    {NID_userId, "UID"},
};

static void add_type(const ASN1_OBJECT *type, struct text *out)
{
    char identifier[128];
    int nid = OBJ_obj2nid(type);
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
        if (attributes[i].nid == nid) {
            text_add_str(out, attributes[i].name);
            return;
        }
    }
    OBJ_obj2txt(identifier, sizeof identifier, type, 1);
    text_add_str(out, identifier);
}

static bool needs_backslash(const struct slice *value, size_t index)
{
    uint8_t c = value->ptr[index];
    bool first = index == 0, last = index + 1 == value->len;
    return (first && (c == ' ' || c == '#')) || (last && c == ' ') || strchr("\"+,;<>\\", c);
}

static void add_escaped(struct slice value, struct text *out)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < value.len; i++) {
        uint8_t c = value.ptr[i];
        if (c < 32 || c >= 126) {
            char hex[4] = {'\\', digits[c >> 4], digits[c & 15], '\0'};
            text_add_str(out, hex);
            continue;
        }
        if (needs_backslash(&value, i)) {
            text_add_str(out, "\\");
        }
        text_add(out, (struct slice){&value.ptr[i], 1});
    }
}

static void add_value(const ASN1_STRING *value, bool escaped, struct text *out)
{
    unsigned char *utf8 = NULL;
    int len = ASN1_STRING_to_UTF8(&utf8, value);
    if (len >= 0) {
        struct slice text = {utf8, (size_t)len};
        if (escaped) {
            add_escaped(text, out);
        } else {
            text_add(out, text);
        }
    }
    OPENSSL_free(utf8);
}

static void add_attribute(const X509_NAME_ENTRY *entry, struct text *out)
{
    add_type(X509_NAME_ENTRY_get_object(entry), out);
    text_add_str(out, "=");
    add_value(X509_NAME_ENTRY_get_data(entry), true, out);
}

/* Parts that hold several attributes keep the order of these within. */
void tls_name_distinguished(const struct X509_name_st *name, struct text *out)
{
    int end = X509_NAME_entry_count(name);
    bool first_part = true;
    while (end > 0) {
        int set = X509_NAME_ENTRY_set(X509_NAME_get_entry(name, end - 1));
        int start = end - 1;
        while (start > 0 && X509_NAME_ENTRY_set(X509_NAME_get_entry(name, start - 1)) == set) {
            start--;
        }
        for (int i = start; i < end; i++) {
            text_add_str(out, i > start ? "+" : first_part ? "" : ",");
            add_attribute(X509_NAME_get_entry(name, i), out);
        }
        first_part = false;
        end = start;
    }
}

void tls_name_common(const struct X509_name_st *name, struct text *out)
{
    int last = -1;
    bool first = true;
    while ((last = X509_NAME_get_index_by_NID(name, NID_commonName, last)) >= 0) {
        text_add_str(out, first ? "" : ",");
        add_value(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, last)), false, out);
        first = false;
    }
}

static int general_name_type(enum tls_name_type type)
{
    switch (type) {
    case TLS_ALTERNATIVE_DNS:
        return GEN_DNS;
    case TLS_ALTERNATIVE_IP:
        return GEN_IPADD;
    case TLS_ALTERNATIVE_EMAIL:
        return GEN_EMAIL;
    case TLS_ALTERNATIVE_URI:
        return GEN_URI;
    }
    CHECK(false && "an unknown type of alternative name");
    return -1;
}

static void add_general_name(const GENERAL_NAME *name, struct text *out)
{
    int type;
    const ASN1_STRING *value = GENERAL_NAME_get0_value(name, &type);
    if (type != GEN_IPADD) {
        text_add(out,
                 (struct slice){ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value)});
        return;
    }
    char address[INET6_ADDRSTRLEN] = "";
    int family = ASN1_STRING_length(value) == 4 ? AF_INET : AF_INET6;
    if (family == AF_INET || ASN1_STRING_length(value) == 16) {
        inet_ntop(family, ASN1_STRING_get0_data(value), address, sizeof address);
    }
    text_add_str(out, address);
}

void tls_name_alternative(const struct x509_st *certificate, enum tls_name_type type,
                          uint32_t index, struct text *out)
{
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        if (name->type == general_name_type(type) && index-- == 0) {
            add_general_name(name, out);
            break;
        }
    }
    GENERAL_NAMES_free(names);
}
