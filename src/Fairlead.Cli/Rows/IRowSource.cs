using System.Text.Json.Nodes;

namespace Fairlead.Cli.Rows;

/// <summary>
/// Rows of named fields from somewhere, one after the other and never all at once. A fault in them ends the reading
/// with a <see cref="CliException"/> that says where it is.
/// </summary>
internal interface IRowSource
{
    IAsyncEnumerable<JsonObject> ReadAsync(CancellationToken cancellation);
}
