/** A saved run or trace comes in: chosen, or dropped anywhere on the page. What is in it is checked by whoever opens it. */

import { useEffect, useRef, useState, type JSX } from 'react';
import { useActions, useWords } from '#ui/playground-context.ts';

/** A larger file is refused before it is read, bytes. */
const FILE_BYTES_MAX = 64 * 1024 * 1024;

/** Gives a function that opens a file. */
function useOpenFile(): (file: File) => void {
  const { openRun } = useActions();
  return (file) => {
    // What cannot be read, or is too large to be, is refused as an empty file is.
    const read = file.size > FILE_BYTES_MAX ? Promise.resolve('') : file.text().catch(() => '');
    void read.then((text) => openRun(file.name, text));
  };
}

export function OpenFileButton(): JSX.Element {
  const words = useWords();
  const open = useOpenFile();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" className="button" onClick={() => input.current?.click()}>
        {words.share.openFile}
      </button>
      <input
        ref={input}
        type="file"
        accept=".json,application/json"
        hidden
        aria-label={words.share.openFile}
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file !== undefined) open(file);
          event.target.value = '';
        }}
      />
    </>
  );
}

const holdsFile = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;

/** Covers the page while a file is dragged over it. */
export function DropPlace(): JSX.Element | undefined {
  const words = useWords();
  const open = useOpenFile();
  const opener = useRef(open);
  const [over, setOver] = useState(false);
  useEffect(() => {
    opener.current = open;
  });
  useEffect(() => {
    const onDragOver = (event: DragEvent): void => {
      if (!holdsFile(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const onDragLeave = (event: DragEvent): void => {
      // Only the one that leaves the window has nowhere to go.
      if (event.relatedTarget === null) setOver(false);
    };
    const onDrop = (event: DragEvent): void => {
      if (!holdsFile(event)) return;
      event.preventDefault();
      setOver(false);
      const file = event.dataTransfer?.files[0];
      if (file !== undefined) opener.current(file);
    };
    window.addEventListener('dragover', onDragOver);
    window.addEventListener('dragleave', onDragLeave);
    window.addEventListener('drop', onDrop);
    return () => {
      window.removeEventListener('dragover', onDragOver);
      window.removeEventListener('dragleave', onDragLeave);
      window.removeEventListener('drop', onDrop);
    };
  }, []);
  if (!over) return undefined;
  return <div className="drop-place">{words.share.dropHere}</div>;
}
