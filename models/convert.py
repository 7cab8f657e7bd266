#!/usr/bin/python3
"""Turns MoveNet from a TensorFlow.js graph model into ONNX.

    convert.py MODEL.json OUT.onnx

Only the network itself is taken, from the scaled picture up to its heads: convolutions,
additions and three bilinear resizes. What the TensorFlow graph does before (scaling) and after
(picking people and points out of the heads) is done in C: src/pose.

Input:   image, 1 x 3 x 256 x 256, float32, value * SCALE - 1 (SCALE is kept in the file's metadata)
Outputs: the heads, 1 x channels x 64 x 64 each, before any sigmoid: centre, heatmap, regression,
         offset; MultiPose also box_scale, box_offset; Thunder also centre_weight, a constant map.

The weights of the source are float16 and stay so in the file; the runtime widens them once when it
loads the file. The result is the same, byte for byte, each time.
"""

import base64
import json
import os
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

INPUT_SIZE = 256
GRID = 64
HEADS = {  # name in the TensorFlow graph: our name
    "center_0": "centre",
    "kpt_heatmap_0": "heatmap",
    "kpt_regress_0": "regression",
    "kpt_offset_0": "offset",
    "box_scale_0": "box_scale",
    "box_offset_0": "box_offset",
}
CENTRE_WEIGHT = "ConstantFolding/StatefulPartitionedCall/truediv_2_recip"
SCALE = "StatefulPartitionedCall/truediv"


class Unexpected(Exception):
    """The file holds something that this converter was not made for."""


def read_weights(path, manifest):
    """All constants by name, as stored: float16 or int32 arrays."""
    kinds = {"float32": np.float32, "float16": np.float16, "int32": np.int32}
    found = {}
    for group in manifest:
        data = b"".join(
            open(os.path.join(os.path.dirname(path), name), "rb").read() for name in group["paths"]
        )
        at = 0
        for entry in group["weights"]:
            kind = np.dtype(kinds[entry.get("quantization", entry)["dtype"]])
            count = int(np.prod(entry["shape"], dtype=np.int64))
            end = at + count * kind.itemsize
            if end > len(data):
                raise Unexpected(f"{path}: the weights end early")
            found[entry["name"]] = np.frombuffer(data[at:end], kind).reshape(entry["shape"])
            at = end
        if at != len(data):
            raise Unexpected(f"{path}: {len(data) - at} bytes of weights are left over")
    return found


def text_attr(node, name):
    return base64.b64decode(node["attr"][name]["s"]).decode()


def list_attr(node, name):
    return [int(i) for i in node["attr"][name]["list"].get("i", [])]


class Converter:
    def __init__(self, nodes, weights):
        self.source = {node["name"]: node for node in nodes}
        self.weights = weights
        self.nodes, self.initializers, self.done = [], [], {}

    def constant(self, array, name):
        """A weight: float16 in the file, widened by a Cast that the runtime folds at load."""
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        if array.dtype != np.float16:
            return name
        self.emit("Cast", [name], name + ":f32", to=TensorProto.FLOAT)
        return name + ":f32"

    def emit(self, op, inputs, output, **attrs):
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, **attrs))
        return output

    def tensor(self, name):
        """Converts what leads to this TensorFlow node; answers the name of its ONNX tensor."""
        name = name.split(":")[0]
        if name not in self.done:
            self.done[name] = self.convert(self.source[name])
        return self.done[name]

    def convert(self, node):
        op = node["op"]
        if op in ("_FusedConv2D", "Conv2D", "FusedDepthwiseConv2dNative", "DepthwiseConv2dNative"):
            return self.convolution(node)
        if op == "AddV2":
            return self.emit("Add", [self.tensor(i) for i in node["input"][:2]], node["name"])
        if op == "ResizeBilinear":
            return self.resize(node)
        if op == "Sub":  # the end of the scaling (value * SCALE - 1), which the caller does
            return "image"
        raise Unexpected(f"{node['name']}: {op} is not known to this converter")

    def convolution(self, node):
        inputs, name = node["input"], node["name"]
        kernel = self.weights[inputs[1]]
        depthwise = "Depthwise" in node["op"]
        if list_attr(node, "dilations") not in ([], [1, 1, 1, 1]):
            raise Unexpected(f"{name}: dilated")
        if depthwise:  # H, W, channels, 1 -> channels, 1, H, W
            kernel = kernel.transpose(2, 3, 0, 1)
            if kernel.shape[1] != 1:
                raise Unexpected(f"{name}: depth multiplier")
        else:  # H, W, in, out -> out, in, H, W
            kernel = kernel.transpose(3, 2, 0, 1)
        strides = list_attr(node, "strides")[1:3]
        args = [self.tensor(inputs[0]), self.constant(kernel, name + ":kernel")]
        fused = [base64.b64decode(s).decode() for s in
                 node["attr"].get("fused_ops", {}).get("list", {}).get("s", [])]
        if fused[:1] == ["BiasAdd"]:
            args.append(self.constant(self.weights[inputs[2]], name + ":bias"))
            fused = fused[1:]
        out = self.emit(
            "Conv", args, name + (":linear" if fused else ""),
            kernel_shape=list(kernel.shape[2:]), strides=strides,
            group=kernel.shape[0] if depthwise else 1,
            # TensorFlow's SAME puts the odd row below and right, as ONNX's SAME_UPPER.
            auto_pad="SAME_UPPER" if text_attr(node, "padding") == "SAME" else "VALID")
        return self.activation(fused, out, name) if fused else out

    def activation(self, fused, tensor, name):
        if fused == ["Relu"]:
            return self.emit("Relu", [tensor], name)
        if fused != ["Relu6"]:
            raise Unexpected(f"{name}: {fused}")
        if "zero" not in self.done:
            self.done["zero"] = self.constant(np.array(0, np.float32), "zero")
            self.done["six"] = self.constant(np.array(6, np.float32), "six")
        return self.emit("Clip", [tensor, "zero", "six"], name)

    def resize(self, node):
        if not node["attr"]["half_pixel_centers"]["b"] or node["attr"]["align_corners"]["b"]:
            raise Unexpected(f"{node['name']}: not half-pixel")
        if "twice" not in self.done:
            self.done["twice"] = self.constant(np.array([1, 1, 2, 2], np.float32), "twice")
        return self.emit("Resize", [self.tensor(node["input"][0]), "", "twice"], node["name"],
                         mode="linear", coordinate_transformation_mode="half_pixel")

    def head(self, name):
        """The last convolution below the scope of that name, or None."""
        scope = "/" + name + "/"
        inside = [n for n in self.source.values() if scope in n["name"] and "Conv" in n["op"]]
        used = {i.split(":")[0] for n in inside for i in n.get("input", [])}
        last = [n for n in inside if n["name"] not in used]
        if len(last) > 1:
            raise Unexpected(f"{name}: {len(last)} ends")
        return last[0]["name"] if last else None


def convert(path):
    with open(path, encoding="utf-8") as file:
        model = json.load(file)
    weights = read_weights(path, model["weightsManifest"])
    conv = Converter(model["modelTopology"]["node"], weights)
    outputs = []
    for theirs, ours in HEADS.items():
        node = conv.head(theirs)
        if node is None:
            continue
        conv.emit("Identity", [conv.tensor(node)], ours)
        channels = weights[conv.source[node]["input"][1]].shape[-1]
        outputs.append(helper.make_tensor_value_info(
            ours, TensorProto.FLOAT, [1, channels, GRID, GRID]))
    if "box_scale" not in {o.name for o in outputs}:
        weight = weights[CENTRE_WEIGHT].reshape(1, 1, GRID, GRID)
        conv.emit("Identity", [conv.constant(weight, "centre_weight:map")], "centre_weight")
        outputs.append(helper.make_tensor_value_info(
            "centre_weight", TensorProto.FLOAT, [1, 1, GRID, GRID]))
    image = helper.make_tensor_value_info(
        "image", TensorProto.FLOAT, [1, 3, INPUT_SIZE, INPUT_SIZE])
    name = os.path.splitext(os.path.basename(path))[0]
    graph = helper.make_graph(conv.nodes, name, [image], outputs, conv.initializers)
    result = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7,
                               producer_name="posecraft-models-convert")
    scale = float(weights[SCALE].reshape(-1)[0])
    helper.set_model_props(result, {"scale": repr(scale), "source": os.path.basename(path)})
    onnx.checker.check_model(result, full_check=True)
    return result


def main(argv):
    if len(argv) != 3:
        sys.exit(__doc__)
    model = convert(argv[1])
    part = argv[2] + ".part"
    with open(part, "wb") as out:
        out.write(model.SerializeToString(deterministic=True))
    os.replace(part, argv[2])


if __name__ == "__main__":
    main(sys.argv)
