// What the check page does beyond its form: a file that is dropped, the camera, and printing. The form works without.
// Codes are read by the server: pictures of the camera go there, one a second, and are not kept.
"use strict";

const print = document.querySelector("[data-print]");
if (print) {
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}

const form = document.querySelector("[data-check]");
if (form) {
  const file = form.querySelector("[name=file]");
  const text = form.querySelector("[name=text]");
  for (const each of form.querySelectorAll("[data-with-script]")) each.hidden = false;

  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.classList.add("is-dropping");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) document.body.classList.remove("is-dropping");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("is-dropping");
    const given = event.dataTransfer;
    if (given.files.length) file.files = given.files;
    else if (given.getData("text")) text.value = given.getData("text");
    else return;
    form.requestSubmit();
  });

  const start = form.querySelector("[data-camera]");
  const viewer = form.querySelector("[data-viewer]");
  const video = viewer.querySelector("video");
  const said = viewer.querySelector("[data-camera-told]");
  let stream = null;

  const stop = () => {
    for (const track of stream ? stream.getTracks() : []) track.stop();
    stream = null;
    viewer.hidden = true;
    start.hidden = false;
  };

  const picture = async () => {
    const share = Math.min(1, 1280 / Math.max(video.videoWidth, video.videoHeight));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(video.videoWidth * share);
    canvas.height = Math.round(video.videoHeight * share);
    canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
    return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.8));
  };

  const look = async () => {
    while (stream) {
      const began = performance.now();
      const blob = video.videoWidth ? await picture() : null;
      if (blob && stream) {
        const body = new FormData();
        body.append("frame", blob, "frame.jpg");
        body.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
        const answer = await fetch(form.dataset.frame, { method: "POST", body, headers: { Accept: "application/json" } }).catch(() => null);
        const told = answer && answer.ok ? await answer.json() : null;
        if (told && told.code && stream) {
          stop();
          text.value = told.code;
          file.value = "";
          form.requestSubmit();
          return;
        }
      }
      await new Promise((done) => setTimeout(done, Math.max(250, 1000 - (performance.now() - began))));
    }
  };

  if (navigator.mediaDevices && navigator.mediaDevices.getUserMedia) {
    start.hidden = false;
    start.addEventListener("click", async () => {
      viewer.hidden = false;
      start.hidden = true;
      said.textContent = said.dataset.looking;
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
        video.srcObject = stream;
        await video.play();
      } catch {
        stop();
        viewer.hidden = false;
        said.textContent = said.dataset.refused;
        return;
      }
      look();
    });
    viewer.querySelector("[data-stop]").addEventListener("click", stop);
  }
}
