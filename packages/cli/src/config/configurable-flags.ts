import { doctorFlags } from "../doctor/doctor-flags.js";
import { imageShapeFlags } from "../image/image-flags.js";
import { imageFlag, nameFlag, placeFlags, shapeFlags } from "../manifest/manifest-flags.js";

/** Flags that a configuration file may set; a command takes from it those that it has. */
export const configurableFlags = {
  name: nameFlag,
  image: imageFlag,
  ...placeFlags,
  ...shapeFlags,
  ...imageShapeFlags,
  cluster: doctorFlags.cluster,
};
