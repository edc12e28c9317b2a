"""Prints what the installed apache-beam says about its wire messages, as JSON:

descriptorSet  base64 of a FileDescriptorSet with Beam's files and those they import
literals       every string in the package's sources that looks like a URN
"""
import base64
import importlib
import json
import pathlib
import re

import apache_beam
from google.protobuf import descriptor_pb2

package = pathlib.Path(apache_beam.__file__).parent
api = package / "portability" / "api"
files = {}


def add(descriptor):
  if descriptor.name in files:
    return
  for dependency in descriptor.dependencies:
    add(dependency)
  proto = descriptor_pb2.FileDescriptorProto()
  descriptor.CopyToProto(proto)
  files[descriptor.name] = proto


for path in sorted(api.rglob("*_pb2.py")):
  parts = path.relative_to(package.parent).with_suffix("").parts
  add(importlib.import_module(".".join(parts)).DESCRIPTOR)

literals = set()
for path in package.rglob("*.py"):
  literals.update(re.findall(r"['\"](beam:[a-z_]+:[^'\"\s]*)['\"]", path.read_text("utf-8")))

print(
    json.dumps({
        "version": apache_beam.__version__,
        "descriptorSet": base64.b64encode(
            descriptor_pb2.FileDescriptorSet(
                file=files.values()).SerializeToString()).decode("ascii"),
        "literals": sorted(literals),
    }))
