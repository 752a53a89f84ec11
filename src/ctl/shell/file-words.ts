/** Errors of files as a shell's programs print them. */

/** The words of {@link FileFailure} as coreutils print them: `No such file or directory`. */
export const sentence = (message: string): string => message.slice(0, 1).toUpperCase() + message.slice(1);
