"""Speaks the Open Inference Protocol as the public Python client does, with the standard library alone.

No Content-Type, header names in lower case, tensors as binary data by default, `binary_data_output` when no outputs
are named, whole bodies compressed, and nothing but the status 200 taken for success.
"""

import gzip
import http.client
import json
import struct
import sys
import urllib.parse
import zlib

FORMATS = {
    "BOOL": "?", "UINT8": "B", "UINT16": "H", "UINT32": "I", "UINT64": "Q", "INT8": "b", "INT16": "h", "INT32": "i",
    "INT64": "q", "FP16": "e", "FP32": "f", "FP64": "d",
}


class ServerError(Exception):
    pass


def pack(datatype, values):
    if datatype == "BYTES":
        return b"".join(struct.pack("<I", len(value)) + value for value in values)
    return struct.pack(f"<{len(values)}{FORMATS[datatype]}", *values)


def unpack(datatype, data):
    if datatype != "BYTES":
        return list(struct.unpack(f"<{len(data) // struct.calcsize(FORMATS[datatype])}{FORMATS[datatype]}", data))
    values = []
    while data:
        (length,) = struct.unpack_from("<I", data)
        values.append(data[4:4 + length])
        data = data[4 + length:]
    return values


class Client:
    def __init__(self, authority):
        self.connection = http.client.HTTPConnection(authority)

    def request(self, method, path, body=None, headers=None):
        # Nothing is sent that is not named here: the standard library would add Accept-Encoding and Content-Length.
        self.connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in (headers or {}).items():
            self.connection.putheader(name, value)
        if body is not None:
            self.connection.putheader("content-length", str(len(body)))
        self.connection.endheaders(body)
        response = self.connection.getresponse()
        return response, response.read()

    def ok(self, path):
        return self.request("GET", path)[0].status == 200

    def get(self, path):
        response, body = self.request("GET", path)
        return self.checked(response, body) and json.loads(body)

    def index(self):
        response, body = self.request("POST", "/v2/repository/index")
        return self.checked(response, body) and json.loads(body)

    @staticmethod
    def checked(response, body):
        if response.status != 200:
            raise ServerError(json.loads(body)["error"] if body else "empty")
        return True

    def infer(self, model, inputs, outputs=None, parameters=None, request_id="", version="", binary=True,
              request_compression=None, response_compression=None):
        request, chunks = {"inputs": []}, []
        if request_id:
            request["id"] = request_id
        for name, datatype, shape, values in inputs:
            tensor = {"name": name, "shape": shape, "datatype": datatype}
            if binary:
                chunks.append(pack(datatype, values))
                tensor["parameters"] = {"binary_data_size": len(chunks[-1])}
            else:
                tensor["data"] = [v.decode() if isinstance(v, bytes) else v for v in values]
            request["inputs"].append(tensor)
        parameters = dict(parameters or {})
        if outputs:
            request["outputs"] = [{"name": name, "parameters": {"binary_data": flag}} for name, flag in outputs]
        else:
            parameters["binary_data_output"] = True
        if parameters:
            request["parameters"] = parameters

        text = json.dumps(request).encode()
        body, headers = text + b"".join(chunks), {}
        if chunks:
            headers["inference-header-content-length"] = str(len(text))
        if request_compression:
            headers["content-encoding"] = request_compression
            body = gzip.compress(body) if request_compression == "gzip" else zlib.compress(body)
        if response_compression:
            headers["accept-encoding"] = response_compression

        path = f"/v2/models/{urllib.parse.quote(model)}" + (f"/versions/{version}" if version else "") + "/infer"
        response, body = self.request("POST", path, body, headers)
        self.checked(response, body)
        coding = response.getheader("Content-Encoding")
        body = gzip.decompress(body) if coding == "gzip" else zlib.decompress(body) if coding == "deflate" else body
        return self.answer(response, body) | {"coding": coding}

    @staticmethod
    def answer(response, body):
        length = response.getheader("Inference-Header-Content-Length")
        answer = json.loads(body if length is None else body[:int(length)])
        at, tensors = len(body) if length is None else int(length), {}
        for output in answer["outputs"]:
            size = output.get("parameters", {}).get("binary_data_size")
            if size is None:
                tensors[output["name"]] = (output["shape"], output["data"])
                continue
            tensors[output["name"]] = (output["shape"], unpack(output["datatype"], body[at:at + size]))
            at += size
        assert at == len(body), "bytes follow the last output"
        return {"answer": answer, "tensors": tensors}


def main(authority):
    client = Client(authority)
    for path in ("/v2/health/live", "/v2/health/ready", "/v2/models/two/ready", "/v2/models/two/versions/9/ready"):
        print(path, client.ok(path))
    print("server", client.get("/v2")["name"])
    print("metadata", client.get("/v2/models/batch_mlp")["inputs"])
    for entry in client.index():
        if entry["name"] == "two":
            print("index", entry["name"], entry["version"], entry["state"])

    row = [("x", "FP32", [1, 4], [1.0, -2.0, 0.5, 4.0])]
    whole = client.infer("name with spaces", row, request_id="42", parameters={"priority": 1, "timeout": 9000000, "k": 3.5})
    flat = client.infer("name with spaces", row, outputs=[("y", False)], binary=False)
    print("id", whole["answer"]["id"], "same", whole["tensors"]["y"][0] == flat["tensors"]["y"][0],
          all(abs(a - b) < 1e-5 for a, b in zip(whole["tensors"]["y"][1], flat["tensors"]["y"][1])))
    print("version", client.infer("two", row, version="2")["answer"]["model_version"])

    long = "größe ".encode() * 1000
    for coding in ("gzip", "deflate"):
        echo = client.infer("text_echo", [("text", "BYTES", [1, 1], [long])],
                            request_compression=coding, response_compression=coding)
        print(coding, echo["coding"], echo["tensors"]["echo"] == ([1, 1], [long]))

    limits = [("a", "FP32", [3], [float("nan"), float("inf"), 1.0]), ("b", "FP32", [3], [1.0, 1.0, 1.0])]
    print("words", client.infer("shape_division", limits, outputs=[("ratio", False)], binary=False)["tensors"]["ratio"])
    print("empty", client.infer("shape_maybe_empty", [("x", "FP32", [1], [-1.0])])["tensors"]["positive"])
    for model, inputs in (("nobody", row), ("batch_mlp", []), ("batch_mlp", [("x", "FP64", [1, 4], [1, 2, 3, 4])])):
        try:
            client.infer(model, inputs)
            print("no error")
        except ServerError as error:
            print("error", error)


main(sys.argv[1])
