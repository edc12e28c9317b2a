import { coGroupByKey, composite, definePipeline, type PCollection, text } from "beamline";
import { z } from "zod";

/** A document and the terms that set it apart, best first. */
interface Keywords {
  readonly document: string;
  readonly terms: readonly (readonly [term: string, score: number])[];
}

/**
 * How much a term says about a document (TF-IDF): its share of the document's words, times the
 * logarithm of how rare it is among the documents.
 */
const keywords = (perDocument: number) =>
  composite("Keywords", (lines: PCollection<[document: string, line: string]>) => {
    const words = lines.flatMap("Words", ([document, line]) =>
      (line.toLowerCase().match(/\p{Letter}+/gu) ?? []).map((word): [string, string] => [
        document,
        word,
      ]),
    );
    const lengths = words.countPerKey("DocumentLengths");
    const occurrences = words.countPerElement("Occurrences");
    // [word, share of its document], for each document that has it
    const frequencies = coGroupByKey("WithLengths", {
      length: lengths,
      term: occurrences.map("ByDocument", ([[document, word], count]) => [
        document,
        { word, count },
      ]),
    }).flatMap(
      "Frequencies",
      ([
        document,
        {
          length: [length = 1],
          term,
        },
      ]) =>
        term.map(({ word, count }): [string, { document: string; frequency: number }] => [
          word,
          { document, frequency: count / length },
        ]),
    );
    // The number of documents meets every word under one key, since it is one number.
    const documents = lengths.count("Documents");
    const perWord = frequencies.groupByKey("ByWord").map("Collect", ([word, uses]) => ({
      word,
      uses: [...uses],
    }));
    return coGroupByKey("WithTotal", {
      total: documents.keyBy("Total", () => "all"),
      words: perWord.keyBy("All", () => "all"),
    })
      .flatMap(
        "Scores",
        ([
          ,
          {
            total: [total = 1],
            words: all,
          },
        ]) =>
          all.flatMap(({ word, uses }) => {
            const rarity = Math.log(total / uses.length);
            return uses.map(({ document, frequency }): [string, readonly [string, number]] => [
              document,
              [word, frequency * rarity],
            ]);
          }),
      )
      .groupByKey("ByDocumentAgain")
      .map("Best", ([document, scores]): Keywords => {
        const best = [...scores].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
        return { document, terms: best.slice(0, perDocument) };
      });
  });

/** Finds the terms that tell each document from the others. */
export default definePipeline({
  name: "tf-idf",
  description: "The most telling terms of each document, as one line of JSON a document.",
  options: z.object({
    input: z.string().describe("Documents, one a file: a glob"),
    output: z.string().describe("Prefix of the files to write"),
    terms: z.int().min(1).default(5).describe("Terms per document"),
  }),
  build(p, { input, output, terms }) {
    p.apply(text.readWithFile(input))
      .apply(keywords(terms))
      .map("Format", (found) => JSON.stringify(found))
      .apply(text.write(output, { suffix: ".jsonl" }));
  },
});
