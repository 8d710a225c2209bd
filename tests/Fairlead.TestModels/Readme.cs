using System.Globalization;
using System.Text;

namespace Fairlead.TestModels;

/// <summary>The table of the models, with the first call of each.</summary>
public static class Readme
{
    private const int MaxElements = 8;

    public static string Text()
    {
        var text = new StringBuilder("""
            # Test models

            Small ONNX files of as many kinds as possible. `dotnet run --project tests/Fairlead.TestModels` writes them
            and this table; the tests of `Fairlead.Inference` check that the files equal what that program writes, and
            that ONNX Runtime's answers equal answers computed in plain C#.

            *Batchable* says whether rows of several calls may run as one batch; `-`: they share no first dimension.

            | file | kind | what it exercises | batchable | input | expected output |
            |---|---|---|---|---|---|

            """.ReplaceLineEndings("\n"));
        foreach (var model in Catalogue.All)
        {
            var batchable = model.Batchable switch { true => "yes", false => "no", null => "-" };
            var example = model.Examples[0];
            string[] cells =
            [
                model.File, model.Kind, model.Exercises, batchable, Format(example.Inputs), Format(example.Outputs),
            ];
            text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
        }

        return text.ToString();
    }

    private static string Format(IEnumerable<(string Name, Value Value)> values) =>
        string.Join("<br>", values.Select(entry => $"`{entry.Name}` = {Format(entry.Value)}"));

    private static string Format(Value value) => value switch
    {
        Tensor tensor => $"[{string.Join('×', tensor.Shape)}] {Format(tensor.Data)}",
        Sequence sequence => $"({string.Join("; ", sequence.Items.Select(Format))})",
        Map map => $"{{{string.Join(", ", map.Keys.Cast<object>().Zip(map.Values, Entry))}}}",
        _ => throw new NotSupportedException(value.GetType().Name),
    };

    private static string Entry(object key, float value) => $"{Format(key)}: {Format((object)value)}";

    private static string Format(Array data)
    {
        var shown = string.Join(", ", data.Cast<object>().Take(MaxElements).Select(Format));
        return data.Length > MaxElements ? $"{shown}, …" : shown;
    }

    private static string Format(object? element) => element switch
    {
        string text => $"\"{text}\"",
        float number => number.ToString("G5", CultureInfo.InvariantCulture),
        double number => number.ToString("G8", CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        Microsoft.ML.OnnxRuntime.Float16 half => half.ToFloat().ToString("G5", CultureInfo.InvariantCulture),
        Microsoft.ML.OnnxRuntime.BFloat16 bfloat => bfloat.ToFloat().ToString("G5", CultureInfo.InvariantCulture),
        _ => Convert.ToString(element, CultureInfo.InvariantCulture)!,
    };
}
