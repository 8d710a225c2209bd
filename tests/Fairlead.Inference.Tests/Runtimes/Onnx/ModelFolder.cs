using System.Globalization;
using Fairlead.Inference.Runtimes.Onnx.Format;

namespace Fairlead.Inference.Tests.Runtimes.Onnx;

/// <summary>A folder for models that a test writes, gone at its end.</summary>
internal sealed class ModelFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fairlead-test-");
    private int _models;

    public string Path => _folder.FullName;

    public string Save(OnnxModelBuilder builder)
    {
        var path = System.IO.Path.Combine(Path, (_models++).ToString(CultureInfo.InvariantCulture), "model.onnx");
        builder.Save(path);
        return path;
    }

    public string Save(byte[] bytes)
    {
        var path = System.IO.Path.Combine(Path, (_models++).ToString(CultureInfo.InvariantCulture) + ".onnx");
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
