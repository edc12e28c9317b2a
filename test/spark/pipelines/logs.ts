import { definePipeline } from "beamline";

export default definePipeline({
  name: "logs",
  build(p) {
    p.create("Words", ["a", "b"])
      .reshuffle()
      .map("Say it", (word) => {
        console.log(`heard "${word}",\nword for word`);
        if (word === "b") console.warn("careful:", { word });
        return word;
      });
  },
});
