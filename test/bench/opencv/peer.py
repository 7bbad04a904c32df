"""Times OpenCV's own interfaces for faces, one call for each line that comes in.

usage: peer.py PICTURE YUNET YUNET_WITH_OLDER_HEADS [EMBEDDER]
Says first, as JSON, what it is and can do. To the line "detect" it answers with the ms that FaceDetectorYN took, to
"recognise" with those of FaceRecognizerSF: alignCrop, then feature of the crop and of its mirror image.
"""

import json
import sys
import time

import cv2

cv2.setNumThreads(1)
picture = cv2.imread(sys.argv[1])
side = (picture.shape[1], picture.shape[0])
# From 4.8 on FaceDetectorYN takes the YuNet of 2023 (opencv/opencv_zoo, models/face_detection_yunet/README.md).
older = tuple(int(part) for part in cv2.__version__.split(".")[:2]) < (4, 8)
detector = cv2.FaceDetectorYN.create(sys.argv[3 if older else 2], "", side, 0.6, 0.3)
_, faces = detector.detect(picture)
recogniser = None
if len(sys.argv) > 4:
    try:
        recogniser = cv2.FaceRecognizerSF.create(sys.argv[4], "")
        recogniser.feature(recogniser.alignCrop(picture, faces[0]))
    except cv2.error:
        recogniser = None


def detect():
    detector.detect(picture)


def recognise():
    crop = recogniser.alignCrop(picture, faces[0])
    recogniser.feature(crop)
    recogniser.feature(cv2.flip(crop, 1))


print(
    json.dumps(
        {
            "version": cv2.__version__,
            "box": [float(value) for value in faces[0][:4]],
            "recognises": recogniser is not None,
        }
    ),
    flush=True,
)
for line in sys.stdin:
    work = {"detect": detect, "recognise": recognise}[line.strip()]
    started = time.perf_counter()
    work()
    print(1000 * (time.perf_counter() - started), flush=True)
