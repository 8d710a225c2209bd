using System.Text.Json;
using System.Text.Json.Serialization;
using Fairlead.Inference.Loading;
using Fairlead.Inference.Runtimes;
using Fairlead.Inference.Runtimes.Onnx;
using Fairlead.Serving.Predict;

namespace Fairlead.Serving.Scoring;

/// <summary>
/// Asks a model file about rows in this process, which is a child of the server: a model that crashes or devours memory
/// takes the child with it and nothing else.
/// </summary>
public static class ScoreChild
{
    /// <summary>Exit code for rows or a model that were refused; the reason is on standard error.</summary>
    public const int Refused = 3;

    /// <summary>How question and answers are written.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Reads a question, and writes the answers; returns the exit code.</summary>
    /// <param name="path">The model file.</param>
    /// <param name="input">The question.</param>
    /// <param name="output">For the answers.</param>
    /// <param name="errors">For the reason of a refusal.</param>
    /// <param name="time">For the rows that are timed.</param>
    public static async Task<int> RunAsync(
        string path, TextReader input, TextWriter output, TextWriter errors, TimeProvider time)
    {
        var text = await input.ReadToEndAsync().ConfigureAwait(false);
        var question = JsonSerializer.Deserialize<ScoreQuestion>(text, Json)
            ?? throw new JsonException("The question is 'null'.");
        try
        {
            await using var model = OnnxModel.Load(path);
            await ModelProbe.WarmAsync(model).ConfigureAwait(false);
            var answers = await new RowScorer(model, time).ScoreAsync(question).ConfigureAwait(false);
            await output.WriteAsync(JsonSerializer.Serialize(answers, Json)).ConfigureAwait(false);
            return 0;
        }
        catch (Exception refusal) when (refusal is RequestException or ModelRunException or ModelLoadException)
        {
            await errors.WriteLineAsync(refusal.Message).ConfigureAwait(false);
            return Refused;
        }
    }
}
