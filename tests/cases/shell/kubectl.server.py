#!/usr/bin/env python3
"""An API server for recording kubectl: the objects of a JSON list, and the refusals of validation that the recording asks.

python3 kubectl.server.py OBJECTS PORT

What it answers is what kubectl needs to print in its own words; nothing is kept between two requests.
"""
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlparse

KINDS = {
    "v1": [("services", "service", "Service", ["svc"], True), ("pods", "pod", "Pod", ["po"], True),
           ("nodes", "node", "Node", ["no"], False), ("endpoints", "endpoints", "Endpoints", ["ep"], True),
           ("configmaps", "configmap", "ConfigMap", ["cm"], True)],
    "apps/v1": [("deployments", "deployment", "Deployment", ["deploy"], True),
                ("replicasets", "replicaset", "ReplicaSet", ["rs"], True),
                ("statefulsets", "statefulset", "StatefulSet", ["sts"], True),
                ("daemonsets", "daemonset", "DaemonSet", ["ds"], True)],
    "discovery.k8s.io/v1": [("endpointslices", "endpointslice", "EndpointSlice", [], True)],
}
VERBS = ["create", "delete", "get", "list", "patch", "update", "watch"]
UNKNOWN = ("foo", "targetport")
OBJECTS = json.load(open(sys.argv[1]))["items"]


def resources(version):
    listed = [{"name": name, "singularName": singular, "kind": kind, "shortNames": short, "namespaced": namespaced,
               "verbs": VERBS, "categories": ["all"] if name != "nodes" else []}
              for name, singular, kind, short, namespaced in KINDS[version]]
    for name, kind in [(entry["name"], entry["kind"]) for entry in listed]:
        if name in ("deployments", "replicasets", "statefulsets"):
            listed.append({"name": f"{name}/scale", "kind": "Scale", "group": "autoscaling", "version": "v1",
                           "singularName": "", "namespaced": True, "verbs": ["get", "patch", "update"]})
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version, "resources": listed}


def openapi(version):
    """That the fields of what is sent may be checked, which kubectl looks up first."""
    of, number = version.split("/") if "/" in version else ("", version)
    patch = {kind: {"patch": {"x-kubernetes-group-version-kind": {"group": of, "version": number, "kind": kind},
                              "parameters": [{"name": "fieldValidation", "in": "query"}], "responses": {}}}
             for _, _, kind, _, _ in KINDS[version]}
    return {"openapi": "3.0.0", "info": {"title": "Kubernetes", "version": "v1.36.2"},
            "paths": {f"/{kind}/{{name}}": path for kind, path in patch.items()}}


def group(version):
    name, number = version.split("/")
    entry = {"groupVersion": version, "version": number}
    return {"name": name, "versions": [entry], "preferredVersion": entry}


def status(code, reason, message, details):
    return code, {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "code": code,
                  "reason": reason, "message": message, "details": details}


def merged(old, patch):
    if not isinstance(old, dict) or not isinstance(patch, dict):
        return patch
    keys = list(old) + [key for key in patch if key not in old]
    return {key: merged(old.get(key), patch[key]) if key in patch else old[key]
            for key in keys if patch.get(key, 0) is not None}


def unknown(thing, path=""):
    """The fields that a recording has wrong."""
    if isinstance(thing, list):
        return [found for at, item in enumerate(thing) for found in unknown(item, f"{path}[{at}]")]
    if not isinstance(thing, dict):
        return []
    below = {key: f"{path}.{key}" if path else key for key in sorted(thing)}
    return [found for key, place in below.items()
            for found in ([place] if key in UNKNOWN else unknown(thing[key], place))]


def known(thing):
    """Without these fields."""
    if isinstance(thing, list):
        return [known(item) for item in thing]
    if not isinstance(thing, dict):
        return thing
    return {key: known(value) for key, value in thing.items() if key not in UNKNOWN}


def undecoded(kind, version, thing):
    """`transformDecodeError` of a strict decoder."""
    fields = ", ".join(f'unknown field "{field}"' for field in unknown(thing))
    said = f'{kind} in version "{version}" cannot be handled as a {kind}: strict decoding error: {fields}'
    return status(400, "BadRequest", said, {}) if fields else None


def refused(kind, group_name, thing):
    """The ports out of range: `validateServicePort`, behind the default of their targets."""
    numbers = [(f"spec.ports[{at}].{field}", number)
               for at, port in enumerate(thing.get("spec", {}).get("ports", [])) if kind == "Service"
               for field, number in (("port", port.get("port", 0)),
                                     ("targetPort", port.get("targetPort") or port.get("port", 0)))]
    causes = [{"reason": "FieldValueInvalid", "field": field,
               "message": f"Invalid value: {number}: must be between 1 and 65535, inclusive"}
              for field, number in numbers if isinstance(number, int) and not 1 <= number <= 65535]
    if not causes:
        return None
    name = thing["metadata"]["name"]
    said = [f"{cause['field']}: {cause['message']}" for cause in causes]
    said = said[0] if len(said) == 1 else f"[{', '.join(said)}]"
    return status(422, "Invalid", f'{kind} "{name}" is invalid: {said}',
                  {"name": name, "group": group_name, "kind": kind, "causes": causes})


class Server(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def say(self, code, body, warnings=()):
        text = json.dumps(body).encode()
        self.send_response(code)
        for warning in warnings:
            self.send_header("Warning", f"299 - {json.dumps(warning)}")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def place(self):
        """Version, kind, namespace and name of a path."""
        parts = urlparse(self.path).path.strip("/").split("/")
        version, rest = (parts[1], parts[2:]) if parts[0] == "api" else ("/".join(parts[1:3]), parts[3:])
        namespace = None
        if len(rest) > 2 and rest[0] == "namespaces":
            namespace, rest = rest[1], rest[2:]
        entry = next((entry for entry in KINDS.get(version, []) if rest and entry[0] == rest[0]), None)
        return version, entry, namespace, rest[1] if len(rest) > 1 else None

    def found(self):
        version, (_, _, kind, _, _), namespace, name = self.place()
        return [thing for thing in OBJECTS if thing["kind"] == kind
                and namespace in (None, thing["metadata"].get("namespace"))
                and name in (None, thing["metadata"]["name"])]

    def no_such(self):
        version, (plural, *_), _, name = self.place()
        of = version.split("/")[0] if "/" in version else ""
        qualified = f"{plural}.{of}" if of else plural
        self.say(*status(404, "NotFound", f'{qualified} "{name}" not found',
                         {"name": name, "group": of, "kind": plural}))

    def do_GET(self):
        path = urlparse(self.path).path
        if path == "/version":
            return self.say(200, {"major": "1", "minor": "36", "gitVersion": "v1.36.2"})
        if path == "/api":
            return self.say(200, {"kind": "APIVersions", "versions": ["v1"]})
        if path == "/apis":
            groups = [group(version) for version in KINDS if "/" in version]
            return self.say(200, {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups})
        if path == "/openapi/v3":
            of = {version: f"apis/{version}" if "/" in version else f"api/{version}" for version in KINDS}
            return self.say(200, {"paths": {
                place: {"serverRelativeURL": f"/openapi/v3/{version}"} for version, place in of.items()}})
        if path.startswith("/openapi/v3/"):
            return self.say(200, openapi(path.removeprefix("/openapi/v3/")))
        listed = path.removeprefix("/apis/").removeprefix("/api/")
        if listed in KINDS:
            return self.say(200, resources(listed))
        version, entry, _, name = self.place()
        if entry is None:
            return self.say(*status(404, "NotFound", "the server could not find the requested resource", {}))
        found = self.found()
        if name is None:
            return self.say(200, {"kind": f"{entry[2]}List", "apiVersion": version,
                                  "metadata": {"resourceVersion": ""}, "items": found})
        if not found:
            return self.no_such()
        return self.say(200, found[0])

    def body(self):
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

    def do_POST(self):
        if "protobuf" in self.headers["Content-Type"]:
            return self.post_protobuf()
        thing = self.body()
        version, (plural, _, kind, *_), namespace, _ = self.place()
        of = version.split("/")[0] if "/" in version else ""
        if wrong := undecoded(kind, version.split("/")[-1], thing):
            return self.say(*wrong)
        name = thing["metadata"].get("name")
        if any(known["kind"] == kind and known["metadata"]["name"] == name
               and known["metadata"].get("namespace") == namespace for known in OBJECTS):
            qualified = f"{plural}.{of}" if of else plural
            return self.say(*status(409, "AlreadyExists", f'{qualified} "{name}" already exists',
                                    {"name": name, "group": of, "kind": plural}))
        return self.say(*(refused(kind, of, thing) or (201, thing)))

    def post_protobuf(self):
        """What kubectl makes of flags is no JSON; a name is the first field of the metadata."""
        written = self.rfile.read(int(self.headers["Content-Length"]))
        version, (plural, *_), *_ = self.place()
        of = version.split("/")[0] if "/" in version else ""
        name = next((thing["metadata"]["name"] for thing in self.found()
                     if b"\n" + bytes([len(thing["metadata"]["name"])]) + thing["metadata"]["name"].encode() in written), "x")
        qualified = f"{plural}.{of}" if of else plural
        return self.say(*status(409, "AlreadyExists", f'{qualified} "{name}" already exists',
                                {"name": name, "group": of, "kind": plural}))

    def do_PUT(self):
        thing = self.body()
        version, (_, _, kind, *_), _, _ = self.place()
        if not self.found():
            return self.no_such()
        of = version.partition("/")[0] if "/" in version else ""
        wrong = undecoded(kind, version.split("/")[-1], thing)
        return self.say(*(wrong or refused(kind, of, thing) or (200, thing)))

    def do_PATCH(self):
        patch = self.body()
        version, (_, _, kind, *_), _, _ = self.place()
        found = self.found()
        if not found:
            return self.no_such()
        thing = merged(found[0], patch)
        of = version.partition("/")[0] if "/" in version else ""
        warnings = [f'unknown field "{field}"' for field in unknown(thing)]
        return self.say(*(refused(kind, of, thing) or (200, known(thing))), warnings)

    def do_DELETE(self):
        found = self.found()
        return self.say(200, found[0]) if found else self.no_such()


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Server).serve_forever()
