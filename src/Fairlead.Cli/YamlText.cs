using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Fairlead.Cli;

/// <summary>
/// YAML that other programs wrote, as the texts that it holds: nothing is taken for a number or a date.
/// </summary>
internal static class YamlText
{
    /// <summary>
    /// The mapping that a document is; null where it is something else. Throws <see cref="FormatException"/> with what
    /// keeps it from being read.
    /// </summary>
    public static YamlMappingNode? Mapping(string text)
    {
        try
        {
            var yaml = new YamlStream();
            yaml.Load(new StringReader(text));
            return yaml.Documents is [{ RootNode: YamlMappingNode root }, ..] ? root : null;
        }
        catch (Exception broken) when (broken is YamlException or InvalidOperationException or ArgumentException)
        {
            // The parser trips over some broken documents instead of saying what is wrong with them.
            throw new FormatException(broken.Message, broken);
        }
    }

    /// <summary>What stands under a name; null where nothing does.</summary>
    public static YamlNode? Child(this YamlMappingNode node, string name) =>
        node.Children.TryGetValue(new YamlScalarNode(name), out var child) ? child : null;
}
