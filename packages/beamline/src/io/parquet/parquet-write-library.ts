/** The parts of hyparquet's writer that are used: the one module that imports it. */

export { ByteWriter } from "hyparquet-writer";
export { writeColumn } from "hyparquet-writer/src/column.js";
export { writePageHeader } from "hyparquet-writer/src/datapage.js";
export { encodeNestedValues } from "hyparquet-writer/src/dremel.js";
export { writeRleBitPackedHybrid } from "hyparquet-writer/src/encoding.js";
export { writeMetadata } from "hyparquet-writer/src/metadata.js";
