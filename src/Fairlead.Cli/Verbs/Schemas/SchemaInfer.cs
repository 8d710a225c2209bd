using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Schemas;

/// <summary>Prints a schema as a part of the endpoint's document, to be read, edited and applied.</summary>
internal static class SchemaInfer
{
    private static readonly JsonSerializerOptions Quoted =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string>("endpoint") { Description = "The endpoint" };
        var reference = Options.Of<string?>("--reference", "what",
            "What it is inferred from: dataset:NAME/VERSION, training or rolling:7d [default: training]");
        var variant = Options.Of<string?>("--variant", "name", "Whose inputs [default: the stable variant's]");
        var mode = Options.Of<string?>(
            "--mode", "mode", "What becomes of a request that breaks it: reject, warn or count [default: count]");
        return new Command("infer", "Print a schema somewhat wider than a reference, for the endpoint's document")
        { name, reference, variant, mode }.Runs(terminal, async (call, cancellation) =>
        {
            if (call.Value(mode) is { } word and not ("reject" or "warn" or "count"))
                throw CliException.Usage($"--mode: '{word}' is none of reject, warn and count.");
            var schema = await call.Client.InferSchemaAsync(
                call.Value(name), call.Value(reference), call.Value(variant), cancellation);
            schema = schema with { Mode = call.Value(mode) ?? schema.Mode };
            call.Write(schema, to => Write(schema, to.Out));
            call.Note("Put this into the endpoint's document, and apply it.");
        });
    }

    /// <summary>As YAML; texts are quoted as in JSON, which YAML reads.</summary>
    internal static void Write(SchemaInfo schema, TextWriter to)
    {
        to.WriteLine("schema:");
        to.WriteLine($"  mode: {schema.Mode}");
        if (!schema.OtherColumns)
            to.WriteLine("  otherColumns: false");
        to.WriteLine("  columns:");
        foreach (var column in schema.Columns)
        {
            to.WriteLine($"    - name: {Text(column.Name)}");
            to.WriteLine($"      kind: {column.Kind}");
            if (column.Whole)
                to.WriteLine("      whole: true");
            Member(to, "min", column.Min);
            Member(to, "max", column.Max);
            if (column.Categories is { } names)
                to.WriteLine($"      categories: [{string.Join(", ", names.Select(Text))}]");
            if (column.Required)
                to.WriteLine("      required: true");
            if (column.MaxMissingShare < 1)
                Member(to, "maxMissingShare", column.MaxMissingShare);
            if (column.MaxFaultyShare > 0)
                Member(to, "maxFaultyShare", column.MaxFaultyShare);
            Member(to, "maxLInfinity", column.MaxLInfinity);
            Member(to, "maxJensenShannon", column.MaxJensenShannon);
        }
    }

    private static void Member(TextWriter to, string name, double? value)
    {
        if (value is { } number)
            to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"      {name}: {number:R}"));
    }

    private static string Text(string text) => JsonSerializer.Serialize(text, Quoted);
}
