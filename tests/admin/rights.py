#!/usr/bin/python3
"""Whom a RabbitMQ lets in, compared with the table of tests/unit/admin/test_rights.c.

    rights.py URL

Every row is asked by a user of each tag, in a virtual host of his own and in another one, with "1"
for every other name. Paths that this RabbitMQ does not have are passed over.
"""

import base64
import json
import pathlib
import re
import sys
import urllib.error
import urllib.request

USERS = {"n": ("none", ""), "m": ("m", "management"), "p": ("p", "policymaker"),
         "o": ("o", "monitoring"), "a": ("a", "administrator")}

# Where Leveret differs on purpose.
ACCEPTED = {
    "GET /api/consumers/:vhost": "RabbitMQ lets everybody in, and shows none",
    "GET /api/aliveness-test/:vhost": "RabbitMQ does something as the user who asks",
    "DELETE /api/shovels/vhost/:vhost/:name": "policymakers, as since RabbitMQ 4",
    "DELETE /api/shovels/vhost/:vhost/:name/restart": "likewise",
    "DELETE /api/federation-links/vhost/:vhost/:id/:node/restart": "likewise",
}

# What would take away what is asked for later.
NOT_ASKED = re.compile(r"DELETE /api/(vhosts/:vhost|users/:user)$|POST /api/(definitions|all-conf)|"
                       r"/api/leveret/|/cli|/metrics|/api/login|POST /api/users/bulk-delete")


def ask(url, method, path, user=None, body=None):
    request = urllib.request.Request(url + path, method=method,
                                     data=None if body is None else json.dumps(body).encode())
    request.add_header("Content-Type", "application/json")
    if user:
        token = base64.b64encode(f"{user}:{user}".encode()).decode()
        request.add_header("Authorization", f"Basic {token}")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code


def set_up(url):
    for vhost in ("own", "other"):
        ask(url, "PUT", f"/api/vhosts/{vhost}", "guest", {})
    everything = {"configure": ".*", "write": ".*", "read": ".*"}
    for name, tags in USERS.values():
        ask(url, "PUT", f"/api/users/{name}", "guest", {"password": name, "tags": tags})
        ask(url, "PUT", f"/api/permissions/own/{name}", "guest", everything)


def rows():
    text = pathlib.Path(__file__).parents[1].joinpath("unit/admin/test_rights.c").read_text()
    text = re.sub(r'"\s*\n\s*"', "", text)
    row = r'\{HTTP_(\w+),\s*"([^"]+)",\s*"(\w*)",\s*(?:"(\w*)"|NULL)\}'
    return re.findall(row, text)


def main():
    url = sys.argv[1]
    set_up(url)
    passed = failed = skipped = 0
    for method, path, own, other in rows():
        name = f"{method} {path}"
        line = re.sub(r":(?!vhost)\w+", "1", path)
        here = line.replace(":vhost", "own")
        body = None if method == "GET" else {}
        if name in ACCEPTED or NOT_ASKED.search(name) or \
                ask(url, method, here, None, body) in (404, 405):
            skipped += 1
            continue
        for vhost, letters in [("own", own)] + [("other", other)] * (":vhost" in path):
            let_in = "".join(letter for letter, (user, _) in USERS.items()
                             if ask(url, method, line.replace(":vhost", vhost), user, body) != 401)
            same = let_in == letters
            passed, failed = passed + same, failed + (not same)
            if not same:
                print(f"{name} in {vhost}: RabbitMQ lets in {let_in!r}, the table {letters!r}")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
