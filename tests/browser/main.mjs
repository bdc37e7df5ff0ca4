import "./people.mjs";
import "./apprentice.mjs";
import "./assessor.mjs";
import "./deciding.mjs";
import { run } from "./harness.mjs";

await run(process.argv.slice(2));
