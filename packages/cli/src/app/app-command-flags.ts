import { configFlags } from "../manifest/manifest-flags.js";
import { clusterFlags, storageFlags } from "./app-flags.js";

/** Flags of commands on applications that need the cluster alone. */
export const clusterCommandFlags = { ...clusterFlags, ...configFlags };

/** Flags of those that read S3, too. */
export const appCommandFlags = { ...clusterCommandFlags, ...storageFlags };
