using System.CommandLine;
using System.Text.Json;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli;

/// <summary>One call of a verb: what was said on the command line, and how to answer.</summary>
internal sealed class Call(ParseResult parsed, Terminal terminal)
{
    private static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public Terminal Terminal { get; } = terminal;

    /// <summary>The caller is a program and wants one JSON document.</summary>
    public bool Json { get; } = parsed.GetValue(GlobalOptions.Json);

    public T Value<T>(Argument<T> argument) => parsed.GetValue(argument)!;

    public T Value<T>(Option<T> option) => parsed.GetValue(option)!;

    /// <summary>Answers with data: as JSON for a program, else as <paramref name="forPeople"/> writes it.</summary>
    public void Write<T>(T data, Action forPeople)
    {
        if (Json)
            Terminal.Out.WriteLine(JsonSerializer.Serialize(data, JsonOptions));
        else
            forPeople();
    }

    /// <summary>Says something to a person; never part of the data.</summary>
    public void Note(string sentence) => Terminal.Error.WriteLine(sentence);
}
