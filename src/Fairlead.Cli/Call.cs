using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fairlead.Cli.Shell;
using Fairlead.Client;

namespace Fairlead.Cli;

/// <summary>One call of a verb: what was said on the command line, whom to ask, and how to answer.</summary>
internal sealed class Call(ParseResult parsed, Terminal terminal)
{
    private FairleadClient? _client;

    public Terminal Terminal { get; } = terminal;

    /// <summary>The caller is a program and wants one JSON document.</summary>
    public bool Json { get; } = parsed.GetValue(GlobalOptions.Json);

    /// <summary>The address as it was given, for messages.</summary>
    public string Server { get; } =
        parsed.GetValue(GlobalOptions.Server)
        ?? (terminal.Environment(GlobalOptions.ServerVariable) is { Length: > 0 } configured ? configured : null)
        ?? GlobalOptions.DefaultServer;

    /// <summary>The API of the server; nothing is sent before a method is called.</summary>
    public FairleadClient Client => _client ??= ConnectTo(
        Server, parsed.GetValue(GlobalOptions.Key) ?? Terminal.Environment(GlobalOptions.KeyVariable));

    public T Value<T>(Argument<T> argument) => parsed.GetValue(argument)!;

    public T Value<T>(Option<T> option) => parsed.GetValue(option)!;

    /// <summary>Answers with data: as JSON for a program, else as <paramref name="forPeople"/> writes it.</summary>
    public void Write<T>(T data, Action<Terminal> forPeople)
    {
        if (Json)
            Terminal.Out.WriteLine(CliJson.Write(data, CliJson.Indented));
        else
            forPeople(Terminal);
    }

    /// <summary>Says something to a person; never part of the data.</summary>
    public void Note(string sentence) => Terminal.Error.WriteLine(sentence);

    /// <summary>The API of another server.</summary>
    /// <param name="server">Its address.</param>
    /// <param name="key">The key there; null: none.</param>
    public FairleadClient ConnectTo(string server, string? key)
    {
        var text = server.Contains("://", StringComparison.Ordinal) ? server : "http://" + server;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw CliException.Usage(
                $"'{server}' is no address of a server.", $"Write it like {GlobalOptions.DefaultServer}.");
        }

        return FairleadClient.Connect(address, string.IsNullOrWhiteSpace(key) ? null : key.Trim(), Authorities());
    }

    private X509Certificate2Collection? Authorities()
    {
        var file = parsed.GetValue(GlobalOptions.Authority) ?? Terminal.Environment(GlobalOptions.AuthorityVariable);
        if (string.IsNullOrWhiteSpace(file))
            return null;

        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException
            or CryptographicException)
        {
            throw CliException.Usage($"The certificates in '{file}' cannot be read: {unreadable.Message}");
        }

        return authorities.Count > 0
            ? authorities
            : throw CliException.Usage($"'{file}' holds no certificate.", "Give a PEM file ('BEGIN CERTIFICATE').");
    }
}
