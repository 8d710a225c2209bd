using Fairlead.Inference.Runtimes.Onnx.Format;

namespace Fairlead.TestModels;

internal static class ImageModels
{
    public static IEnumerable<TestModel> All() => [Convolution(), Bytes()];

    private static TestModel Convolution()
    {
        var kernel = Arithmetic.Weights(4, 2 * 3 * 3 * 3);
        var bias = Arithmetic.Weights(5, 2);
        var dense = Arithmetic.Weights(6, 8 * 3);

        var model = new OnnxModelBuilder("image_convolution");
        var graph = model.Graph
            .Input("image", ElementType.Float, 1, 3, 6, 6)
            .Output("probabilities", ElementType.Float, 1, 3);
        var conv = graph.Node("Conv",
            ["image", graph.Initializer("kernel", kernel, 2, 3, 3, 3), graph.Initializer("bias", bias, 2)]);
        var pool = graph.Node("MaxPool", [graph.Node("Relu", [conv])])
            .With("kernel_shape", [2L, 2L]).With("strides", [2L, 2L]);
        var flat = graph.Node("Flatten", [pool]).With("axis", 1);
        var logits = graph.Node("MatMul", [flat, graph.Initializer("dense", dense, 8, 3)]);
        graph.Node("Softmax", [logits], "probabilities").With("axis", 1);

        var image = Arithmetic.Weights(7, 3 * 6 * 6);
        var pooled = MaxPool(Convolve(image, kernel, bias));
        var expected = Arithmetic.Softmax(Arithmetic.MatMul(pooled, dense, 8), 3);
        return new TestModel("image_convolution.onnx", "image classifier",
            "convolution, pooling, softmax on one image of fixed size", model)
        {
            Batchable = false,
            Examples =
            [
                new Example(
                    [("image", Tensor.Of(image, 1, 3, 6, 6))],
                    [("probabilities", Tensor.Of(Arithmetic.Narrow(expected), 1, 3))]),
            ],
        };
    }

    /// <summary>A 3x3 kernel over three channels of 6x6 gives two channels of 4x4, clipped at zero.</summary>
    private static double[,,] Convolve(float[] image, float[] kernel, float[] bias)
    {
        var result = new double[2, 4, 4];
        for (var filter = 0; filter < 2; filter++)
        {
            for (var place = 0; place < 16; place++)
            {
                double sum = bias[filter];
                for (var tap = 0; tap < 27; tap++)
                {
                    var (channel, dy, dx) = (tap / 9, tap / 3 % 3, tap % 3);
                    sum += kernel[(filter * 27) + tap]
                        * image[(channel * 36) + (((place / 4) + dy) * 6) + (place % 4) + dx];
                }

                result[filter, place / 4, place % 4] = Math.Max(sum, 0);
            }
        }

        return result;
    }

    private static double[] MaxPool(double[,,] planes)
    {
        var pooled = new double[8];
        for (var i = 0; i < pooled.Length; i++)
        {
            var (plane, y, x) = (i / 4, i / 2 % 2 * 2, i % 2 * 2);
            pooled[i] = Math.Max(
                Math.Max(planes[plane, y, x], planes[plane, y, x + 1]),
                Math.Max(planes[plane, y + 1, x], planes[plane, y + 1, x + 1]));
        }

        return pooled;
    }

    private static TestModel Bytes()
    {
        var model = new OnnxModelBuilder("image_bytes");
        var graph = model.Graph
            .Input("pixels", ElementType.Uint8, "N", "height", "width", 3)
            .Output("brightness", ElementType.Float, "N", 3)
            .Output("channel", ElementType.Int64, "N");
        var cast = graph.Node("Cast", ["pixels"]).With("to", (long)ElementType.Float);
        var scaled = graph.Node("Div", [cast, graph.Initializer("white", [255f])]);
        graph.Node("ReduceMean", [scaled, graph.Initializer("axes", [1L, 2L], 2)], "brightness").With("keepdims", 0);
        graph.Node("ArgMax", ["brightness"], "channel").With("axis", 1).With("keepdims", 0);

        byte[] pixels = [.. Enumerable.Range(0, 2 * 2 * 2 * 3).Select(i => (byte)(i * 37 % 256))];
        var means = new double[6];
        for (var i = 0; i < pixels.Length; i++)
            means[(i / 12 * 3) + (i % 3)] += pixels[i] / 255.0 / 4;

        return new TestModel("image_bytes.onnx", "image of bytes",
            "unsigned bytes with the channel last; height and width are free", model)
        {
            Batchable = true,
            Examples =
            [
                new Example(
                    [("pixels", Tensor.Of(pixels, 2, 2, 2, 3))],
                    [
                        ("brightness", Tensor.Of(Arithmetic.Narrow(means), 2, 3)),
                        ("channel", Tensor.Of(means.Chunk(3).Select(r => (long)Arithmetic.ArgMax(r)).ToArray(), 2)),
                    ]),
            ],
        };
    }
}
