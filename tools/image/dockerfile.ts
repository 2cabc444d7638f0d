/** One step of a Dockerfile, like `COPY . .`. */
export interface Instruction {
  keyword: string;
  argument: string;
}

/** The lines between two `FROM` lines. */
export interface Stage {
  name: string;
  /** Another stage, or an image. */
  base: string;
  instructions: Instruction[];
}

export interface Dockerfile {
  stages: Stage[];
}

/** Reads the part of the format that this project uses: no heredocs, no parser directives. */
export function parseDockerfile(text: string): Dockerfile {
  const file: Dockerfile = { stages: [] };
  for (const instruction of parseInstructions(text)) {
    const { keyword, argument } = instruction;
    if (keyword === 'FROM') file.stages.push(parseFrom(argument));
    else if (file.stages.length > 0) file.stages.at(-1)!.instructions.push(instruction);
    else throw new Error(`an instruction before the first FROM: ${keyword}`);
  }
  return file;
}

function parseInstructions(text: string): Instruction[] {
  const lines = text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .join('\n')
    .replaceAll(/\\\n/g, ' ')
    .split('\n');
  return lines
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, keyword = '', argument = ''] = /^(\S+)\s+(.*)$/.exec(line.trim()) ?? [];
      return { keyword: keyword.toUpperCase(), argument };
    });
}

function parseFrom(argument: string): Stage {
  const [, base = '', name = ''] = /^(\S+)\s+AS\s+(\S+)$/i.exec(argument) ?? [];
  if (name === '') throw new Error(`FROM without a name for the stage: ${argument}`);
  return { name, base, instructions: [] };
}

/** `NAME=value` of an `ENV` line. */
export function parseArg(argument: string): Record<string, string> {
  const [, name, value] = /^(\w+)=(\S*)$/.exec(argument) ?? [];
  if (name === undefined) throw new Error(`not in the form NAME=value: ${argument}`);
  return { [name]: value ?? '' };
}

/** The list of the exec form, `["node", "main.js"]`. The shell form is refused. */
export function parseExecForm(argument: string): string[] {
  const list: unknown = JSON.parse(argument);
  if (!Array.isArray(list) || !list.every((item) => typeof item === 'string')) {
    throw new Error(`not a list of texts: ${argument}`);
  }
  return list;
}
